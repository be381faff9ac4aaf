"""The WSGI application of the door that `VELUM_DOOR` names."""

import os

from django.core.wsgi import get_wsgi_application

from trial.memory import leave_no_core

leave_no_core()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")

application = get_wsgi_application()

from trial.trigger_check import refuse_without_triggers  # noqa: E402  the applications are loaded only now
from trial.walls import refuse_open_wall  # noqa: E402  the same

refuse_without_triggers()
refuse_open_wall()
