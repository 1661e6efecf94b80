"""Addresses of signs and of the public page (which the middleware answers before these are asked)."""

from __future__ import annotations

from django.urls import path

from mihariban.office.notices import views
from mihariban.office.notices.public import public
from mihariban.office.notices.registers import Signs

app_name = "notices"
urlpatterns = [
    path("", Signs.as_view(), name="list"),
    path("make/", views.make, name="make"),
    path("sign.<str:form>", views.sign_file, name="file"),
    path("hang/", views.Hang.as_view(), name="hang"),
    path("signs/<int:pk>/", views.SignPage.as_view(), name="sign"),
    path("signs/<int:pk>/remove/", views.Remove.as_view(), name="remove"),
    path("contact/", views.ContactPage.as_view(), name="contact"),
    path("public/", public, name="public"),
    path("public/en/", public, {"language": "en"}, name="public-en"),
]
