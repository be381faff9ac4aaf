# One image for both doors; VELUM_DOOR chooses when a container starts. It holds no key and no secret.

FROM python:3.11-slim AS build
RUN python -m venv /opt/venv
COPY requirements.txt /srv/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /srv/requirements.txt
WORKDIR /srv/velum
COPY manage.py LICENSE ./
COPY tools tools
COPY templates templates
COPY docs/help docs/help
COPY trial trial
COPY randomization randomization
COPY dosing dosing
RUN /opt/venv/bin/python -m compileall -q trial randomization dosing
# The pharmacy door knows every application, so its static files are all there are.
# The key of this one command signs nothing, and is gone when the command ends.
RUN VELUM_DOOR=pharmacy VELUM_STATIC=/srv/static VELUM_SECRET_KEY=only-for-collecting-static-files \
    /opt/venv/bin/python manage.py collectstatic --no-input

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin velum
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/velum /srv/velum
COPY --from=build /srv/static /srv/static
# The nightly heads of the audit chains; a volume that is mounted here takes the owner over.
RUN install --directory --owner 10001 --group 10001 /anchors
WORKDIR /srv/velum
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VELUM_STATIC=/srv/static
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "trial.wsgi", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
