"""A client for the Cal.com API v2 and the adapter that keeps Cal.com in step with scheduling-core."""

__all__: list[str] = []
