"""Background work: procrastinate's app, and what it does by itself every day."""

import procrastinate
from django.core.management import call_command
from procrastinate import builtin_tasks

from plateforme.socle.retraits import forget_old_withdrawals


def on_app_ready(app: procrastinate.App) -> None:
    """Register the house-keeping jobs. Called once by procrastinate when Django is ready."""

    @app.periodic(cron="17 3 * * *")
    @app.task(queueing_lock="menage", name="socle.menage", pass_context=True)
    async def clean_up(context: procrastinate.JobContext, timestamp: int) -> None:
        """Remove sessions past their date, withdrawals told a day ago and traces of jobs finished a week ago."""
        from asgiref.sync import sync_to_async

        await sync_to_async(call_command)("clearsessions")
        await sync_to_async(forget_old_withdrawals)()
        await builtin_tasks.remove_old_jobs(
            context, max_hours=7 * 24, remove_failed=False, remove_cancelled=True
        )
