"""Addresses of the pharmacy's API."""

from django.urls import path

from dosing.pharmacy import api
from trial.screening.api import OpenApi

urlpatterns = [
    path("preparations/", api.Preparations.as_view(), name="api-preparations"),
    path("preparations/<uuid:preparation>/", api.Preparation.as_view(), name="api-preparation"),
    path("stock/", api.Stock.as_view(), name="api-stock"),
    path("stock/receipts/", api.Receipts.as_view(), name="api-receipts"),
    path("stock/<uuid:lot>/movements/", api.Movements.as_view(), name="api-movements"),
    path("openapi.json", OpenApi.as_view(), name="api-openapi"),
]
