"""Pages of the demonstration alone."""

from django.urls import path

from trial.demo.views import components

urlpatterns = [path("components/", components, name="components")]
