"""Tries are counted and raise alarms; who came, and who tried to, stands in chains apart from acts."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sealed', '0007_set_aside'),
        ('trial', '0010_tries_and_kinds_of_chains'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealedAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=24)),
                ('account', models.CharField(blank=True, max_length=150)),
                ('count', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('claim', models.UUIDField(null=True)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('told', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SealedTryCount',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('since', models.DateTimeField(db_index=True)),
                ('count', models.PositiveIntegerField(default=0)),
                ('free_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='sealedauditchain',
            name='a_trial_has_one_sealed_chain',
        ),
        migrations.AddField(
            model_name='sealedauditchain',
            name='kind',
            field=models.CharField(choices=[('acts', 'acts'), ('door', 'log-ins, files and refusals'), ('tries', 'tries to get in')], db_default='acts', default='acts', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='sealedauditchain',
            constraint=models.UniqueConstraint(fields=('trial', 'kind'), name='a_trial_has_one_sealed_chain_of_a_kind'),
        ),
    ]
