"""Deviations, drafted by the system and closed by people: written once."""

import django.db.models.deletion
from django.db import migrations, models

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    """Deviations and what people say of them."""

    dependencies = [
        ('dosing', '0003_choices'),
        ('trial', '0003_data_lock'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deviation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('injection_early', 'injection before its window'), ('injection_late', 'injection after its window'), ('injection_partial', 'injection given in part'), ('injection_missed', 'injection missed'), ('same_day', 'two injections on one day'), ('while_stopped', 'injection while treatment was stopped'), ('day_1_too_late', 'day 1 too long after randomisation'), ('visit_early', 'visit before its window'), ('visit_late', 'visit after its window'), ('visit_missed', 'visit missed'), ('hold_too_long', 'hold longer than allowed')], max_length=20)),
                ('event', models.CharField(max_length=40)),
                ('record', models.PositiveIntegerField()),
                ('planned', models.DateField(null=True)),
                ('earliest', models.DateField(null=True)),
                ('latest', models.DateField(null=True)),
                ('happened_on', models.DateField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('drafted_at', models.DateTimeField()),
                ('drafted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.delegation')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deviations', to='trial.participant')),
                ('protocol_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.protocolversion')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='DeviationReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveSmallIntegerField()),
                ('important', models.BooleanField()),
                ('assessment', models.TextField()),
                ('closed', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.delegation')),
                ('deviation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='dosing.deviation')),
            ],
            options={
                'ordering': ['deviation', 'sequence'],
            },
        ),
        migrations.AddConstraint(
            model_name='deviation',
            constraint=models.UniqueConstraint(fields=('participant', 'number'), name='deviations_are_counted'),
        ),
        migrations.AddConstraint(
            model_name='deviation',
            constraint=models.UniqueConstraint(fields=('participant', 'event', 'record', 'kind'), name='one_draft_for_each_departure'),
        ),
        migrations.AddConstraint(
            model_name='deviationreview',
            constraint=models.UniqueConstraint(fields=('deviation', 'sequence'), name='one_review_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='deviationreview',
            constraint=models.CheckConstraint(condition=models.Q(('assessment', ''), _negated=True), name='a_review_says_why'),
        ),
        *append_only("dosing_deviation", "deviations", key=("participant_id", "number")),
        *append_only("dosing_deviationreview", "reviews of deviations", key=("deviation_id", "sequence")),
    ]
