"""The pharmacy's pages."""

from django.urls import path

from dosing.pharmacy import stock_views, views
from dosing.pharmacy.exporting.views import ExportUnblinded

urlpatterns = [
    path("preparations/", views.PreparationList.as_view(), name="preparations"),
    path("preparations/sheets/", views.PreparationSheets.as_view(), name="sheets"),
    path("preparations/release/", views.ReleaseSyringes.as_view(), name="release_syringes"),
    path("preparations/<uuid:preparation>/", views.PreparationSheet.as_view(), name="preparation"),
    path("preparations/<uuid:preparation>/prepare/", views.PrepareSyringe.as_view(), name="prepare"),
    path(
        "preparations/<uuid:preparation>/account/",
        views.AccountForSyringe.as_view(),
        name="account_for_syringe",
    ),
    path("preparations/<uuid:preparation>/check/", views.CheckSyringe.as_view(), name="check"),
    path("preparations/<uuid:preparation>/release/", views.ReleaseSyringe.as_view(), name="release_syringe"),
    path("preparations/<uuid:preparation>/discard/", views.DiscardSyringe.as_view(), name="discard"),
    path("export/", ExportUnblinded.as_view(), name="export_unblinded"),
    path("stock/", stock_views.StockList.as_view(), name="stock"),
    path("stock/receive/", stock_views.ReceiveLot.as_view(), name="receive_lot"),
    path("stock/<uuid:lot>/quarantine/", stock_views.QuarantineLot.as_view(), name="quarantine_lot"),
    path("stock/<uuid:lot>/free/", stock_views.FreeLot.as_view(), name="free_lot"),
    path("stock/<uuid:lot>/destroy/", stock_views.DestroyLot.as_view(), name="destroy_lot"),
]
