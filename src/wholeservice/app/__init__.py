"""The composition root: settings, the command line, the web server. It alone knows every room."""
