"""The addresses of the pages for people, and of an invitation."""

from django.urls import path

from trial.pages.people import acts, invitations, views

PERSON = "people/<str:username>/"

urlpatterns = [
    path("people/", views.People.as_view(), name="people"),
    path("people-log/", views.DelegationLog.as_view(), name="delegation_log"),
    path("people-review/", views.ReviewAccess.as_view(), name="review_access"),
    path("people-invite/", invitations.Invite.as_view(), name="invite"),
    path(
        "people-invited/<uuid:invitation>/cancel/",
        invitations.CancelInvitation.as_view(),
        name="cancel_invitation",
    ),
    path("invitation/<str:link>/", invitations.AcceptInvitation.as_view(), name="invitation"),
    path(PERSON, views.Person.as_view(), name="person"),
    path(f"{PERSON}duties/<uuid:duty>/end/", acts.EndDuty.as_view(), name="end_duty"),
    path(f"{PERSON}shut/", acts.ShutAccount.as_view(), name="shut_account"),
    path(f"{PERSON}sessions/", acts.EndSessions.as_view(), name="end_sessions"),
    path(f"{PERSON}tokens/<str:key>/", acts.RevokeToken.as_view(), name="revoke_token"),
    path(f"{PERSON}addresses/", acts.RevokeAddresses.as_view(), name="revoke_addresses"),
    path(f"{PERSON}code/", acts.AskForCode.as_view(), name="ask_for_code"),
]
