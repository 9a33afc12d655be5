"""One key from a message to its question, the one with project and company: `message_question`."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0007_archived"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="question",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="messages",
                to="vendors.question",
                verbose_name="質問",
            ),
        ),
    ]
