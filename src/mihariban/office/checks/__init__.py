"""The daily check before opening (article 8): a sheet per kiosk and open day."""
