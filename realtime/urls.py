from django.urls import path

from realtime import views

app_name = "realtime"

urlpatterns = [
    path("salons/", views.salons, name="salons"),
    path("salons/<int:pk>/", views.salon, name="salon"),
    path("salons/<int:pk>/dire/", views.dire, name="dire"),
    path("salons/<int:pk>/messages/", views.messages, name="messages"),
    path("communautes/<slug:slug>/reunions/", views.reunions, name="reunions"),
    path("communautes/<slug:slug>/reunions/planifier/", views.planifier, name="planifier"),
    path("reunions/<int:pk>/", views.reunion, name="reunion"),
]
