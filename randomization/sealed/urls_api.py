"""Addresses of the locked room's API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
