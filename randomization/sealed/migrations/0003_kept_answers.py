"""The answers of the pharmacy door's API, written once."""

import django.db.models.deletion
from django.db import migrations, models

from trial.walls.triggers import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('sealed', '0002_written_once'),
        ('trial', '0002_written_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('body', models.TextField()),
                ('at', models.DateTimeField()),
                ('delegation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.delegation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('delegation', 'key'), name='a_sealed_key_is_answered_once')],
            },
        ),
        *append_only("sealed_sealedanswer", "answers to requests", key=("delegation_id", "key")),
    ]
