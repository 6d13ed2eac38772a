"""The door: HTTP, identity, settings, lifespan, command line and pages."""
