"""Codes with which people set up their second factor, and their uses: written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from trial.walls.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('sealed', '0005_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EnrolmentCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentCodeUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('code', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sealed.enrolmentcode')),
            ],
        ),
        *append_only("sealed_enrolmentcode", "enrolment codes", key=("digest",)),
        *append_only("sealed_enrolmentcodeuse", "uses of enrolment codes", key=("code_id",)),
    ]
