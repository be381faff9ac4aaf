"""The REST API's machinery: one way in, one shape of refusal, each act once.

REST_FRAMEWORK names what stands here while `rest_framework.views` is still being loaded, so this
module must not import it; `trial.rest.endpoint` does.
"""

from trial.rest.handler import Nobody, problem
from trial.rest.parsing import StrictJSONParser

__all__ = ["Nobody", "StrictJSONParser", "problem"]
