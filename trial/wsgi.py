"""The WSGI application of the door that `VELUM_DOOR` names."""

import os

from django.core.wsgi import get_wsgi_application

from trial.walls.no_core_dumps import leave_no_core

leave_no_core()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")

application = get_wsgi_application()

from trial.walls.database import refuse_open_wall  # noqa: E402  the same
from trial.walls.logs import say_rules  # noqa: E402  the same
from trial.walls.trigger_check import refuse_without_triggers  # noqa: E402  the applications are loaded only now

refuse_without_triggers()
refuse_open_wall()
say_rules()
