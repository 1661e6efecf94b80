"""Addresses of the wizard."""

from __future__ import annotations

from django.urls import path

from mihariban.office.wizard import drawing_views, plan_views, views

app_name = "wizard"
urlpatterns = [
    path("", views.steps, name="steps"),
    path("begin/", views.begin, name="begin"),
    path("section/", views.section, name="section"),
    path("people/", views.people, name="people"),
    path("kiosk/", views.kiosk, name="kiosk"),
    path("equipment/", views.equipment, name="equipment"),
    path("zone/", drawing_views.zone, name="zone"),
    path("zone/take/", drawing_views.take, name="take"),
    path("still/<str:word>", drawing_views.still, name="still"),
    path("plan/", plan_views.plan, name="plan"),
    path("plan/marks/", plan_views.marks, name="marks"),
    path("plan/<int:pk>.png", plan_views.picture, name="picture"),
    path("summary/", plan_views.summary_page, name="summary"),
    path("<str:name>/finish/", views.finish, name="finish"),
]
