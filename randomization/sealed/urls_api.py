"""Addresses of the sealed half's API."""

from django.urls import path

from randomization.sealed.opening import api

ONE = "participants/<str:number>"

urlpatterns = [
    path(f"{ONE}/allocation/", api.Allocation.as_view(), name="api-allocation"),
    path(f"{ONE}/code-break/", api.CodeBreak.as_view(), name="api-code-break"),
]
