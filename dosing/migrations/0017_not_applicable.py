"""A day that a protocol version put into the past may be not applicable."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dosing', '0016_visits_fall_away'),
        ('trial', '0020_coded_ends'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='injectionrecord',
            name='an_injection_has_a_moment_or_was_missed',
        ),
        migrations.AlterField(
            model_name='injectionrecord',
            name='outcome',
            field=models.CharField(choices=[('given', 'given'), ('partial', 'partly given'), ('missed', 'not given'), ('reopened', 'planned again, because day 1 was moved'), ('not_applicable', 'not applicable')], max_length=14),
        ),
        migrations.AlterField(
            model_name='visitrecord',
            name='outcome',
            field=models.CharField(choices=[('done', 'done'), ('missed', 'missed'), ('moved', 'moved'), ('not_applicable', 'not applicable')], max_length=14),
        ),
        migrations.AddConstraint(
            model_name='injectionrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('happened_at', None), ('outcome__in', ('missed', 'reopened', 'not_applicable'))), models.Q(models.Q(('outcome__in', ('missed', 'reopened', 'not_applicable')), _negated=True), ('happened_at__isnull', False)), _connector='OR'), name='an_injection_has_a_moment_or_was_missed'),
        ),
    ]
