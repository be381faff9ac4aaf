"""Addresses of the pharmacy's API."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
