"""What people chose about calendars, and closed days: written once."""

import django.db.models.deletion
from django.db import migrations, models

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    """Choices after a slip, and the days on which a site is closed."""

    dependencies = [
        ('dosing', '0002_written_once'),
        ('trial', '0003_data_lock'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClosedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('sequence', models.PositiveIntegerField()),
                ('closed', models.BooleanField()),
                ('name', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.delegation')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closed_days', to='trial.site')),
            ],
            options={
                'ordering': ['site', 'day', 'sequence'],
                'constraints': [models.UniqueConstraint(fields=('site', 'day', 'sequence'), name='a_day_is_closed_or_open')],
            },
        ),
        migrations.CreateModel(
            name='CourseChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('keep', 'the days are kept'), ('move', 'the whole course is moved'), ('follow', 'the rest is counted from the actual course'), ('day_1', 'everything is counted from the actual day 1')], max_length=8)),
                ('course', models.CharField(max_length=40)),
                ('repeat', models.PositiveSmallIntegerField()),
                ('course_number', models.PositiveSmallIntegerField()),
                ('start', models.DateField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trial.delegation')),
                ('participant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='course_choices', to='trial.participant')),
            ],
            options={
                'ordering': ['participant', 'sequence'],
                'constraints': [models.UniqueConstraint(fields=('participant', 'sequence'), name='one_choice_at_a_time'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_choice_has_a_reason')],
            },
        ),
        *append_only("dosing_closedday", "closed days", key=("site_id", "day", "sequence")),
        *append_only("dosing_coursechoice", "choices", key=("participant_id", "sequence")),
    ]
