"""pytest plugins of the suite, loaded with `-p` because pytest-django reads settings before any conftest."""
