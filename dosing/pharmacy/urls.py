"""The pharmacy's pages."""

from django.urls import path

from dosing.pharmacy import stock_views, views

urlpatterns = [
    path("preparations/", views.Preparations.as_view(), name="preparations"),
    path("preparations/sheets/", views.Sheets.as_view(), name="sheets"),
    path("preparations/<uuid:preparation>/", views.Sheet.as_view(), name="preparation"),
    path("preparations/<uuid:preparation>/prepare/", views.Prepare.as_view(), name="prepare"),
    path("preparations/<uuid:preparation>/check/", views.Check.as_view(), name="check"),
    path("preparations/<uuid:preparation>/release/", views.Release.as_view(), name="release_syringe"),
    path("preparations/<uuid:preparation>/discard/", views.Discard.as_view(), name="discard"),
    path("stock/", stock_views.Stock.as_view(), name="stock"),
    path("stock/receive/", stock_views.ReceiveLot.as_view(), name="receive_lot"),
    path("stock/<uuid:lot>/quarantine/", stock_views.QuarantineLot.as_view(), name="quarantine_lot"),
    path("stock/<uuid:lot>/free/", stock_views.FreeLot.as_view(), name="free_lot"),
    path("stock/<uuid:lot>/destroy/", stock_views.DestroyLot.as_view(), name="destroy_lot"),
]
