"""Read by gunicorn where it is started in this folder: what it logs holds no secret of an address."""

logger_class = "cilegon_kip.logs.GunicornLogger"
