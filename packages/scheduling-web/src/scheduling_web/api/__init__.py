"""The REST interface: handlers that read a request, call one use case and return its value."""
