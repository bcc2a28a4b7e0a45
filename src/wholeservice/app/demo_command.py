"""`wholeservice demo`: the example organisation from end to end, each stage with what it gives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wholeservice.app.printing import TABLE, print_rows, progress

if TYPE_CHECKING:
    from wholeservice.app.asked import Asked
    from wholeservice.app.settings import Settings
    from wholeservice.pages.base import Data

FOLDER = "wholeservice-demo"
N_FINDINGS = 4


@click.command()
@click.option(
    "--to", "folder", default=FOLDER, show_default=True, type=click.Path(path_type=Path), help="Where to put the example."
)
@click.option("--no-serve", is_flag=True, help="Stop before the web pages.")
@click.option("--port", default=8765, show_default=True, help="Port of the pages; the next free one is taken if it is in use.")
def demo(*, folder: Path, no_serve: bool, port: int) -> None:
    """Show the example organisation end to end: check, ingest, measure, trace, then the pages.

    The example is copied to a folder of yours, so that you can change it and run the demo again. Its facts are simulated.

    Example:  wholeservice demo --no-serve
    """
    from wholeservice.app.asked import Asked

    asked = Asked(folder)
    settings = _prepare(asked, folder)
    _check(asked)
    _ingest(settings)
    data, service = _measure(settings)
    _trace(data, service)
    _findings(data)
    if no_serve:
        _head("See the pages", f"wholeservice --workspace {folder} serve --open")
        return
    from wholeservice.app.serve_command import serve_workspace

    _head("Pages", "the same numbers, in the browser")
    serve_workspace(settings, port=port, is_opened=True)


def _head(stage: str, says: str) -> None:
    click.echo(click.style(f"\n{stage}", bold=True) + f"  {says}\n")


def _prepare(asked: Asked, folder: Path) -> Settings:
    from wholeservice.app import example

    is_new = example.copy_example(folder)
    settings = asked.settings()
    _head("Stayline", f"a hotel organisation that does not exist; it stands in {folder}/" + ("" if is_new else " already"))
    if (example.data_folder(settings) / example.FILES["interactions"]).exists():
        click.echo("Its facts were simulated before and are used again.")
        return settings
    with progress("Simulating") as doing:
        world = example.load_scenario(settings)
        doing(f"{world.n_days} days of guests")
        simulated = example.simulate_facts(world)
        doing("items of work")
        worked = example.simulate_work(world)
        doing("writing files")
        example.write_facts(settings, simulated, worked)
        example.write_improvements(settings)
    recorded = f"{simulated.n_attempts:,} guests tried, {len(simulated.calls):,} calls and {len(worked.items):,} items of work"
    recorded += " were recorded"
    click.echo(f"Simulated {world.n_days} days: {recorded} (seed {example.SEED}).")
    return settings


def _check(asked: Asked) -> None:
    from wholeservice.app.check_command import summary
    from wholeservice.app.declared import check_workspace

    organisation, problems = check_workspace(asked)
    _head("Check", "the organisation is declared in organisation/*.yaml")
    click.echo(summary(organisation, problems))


def _ingest(settings: Settings) -> None:
    from wholeservice.app.ingest_command import print_report
    from wholeservice.app.workspace import ingest_workspace

    _head("Ingest", "every row is accounted for; doing it again changes nothing")
    print_report(settings, ingest_workspace(settings), TABLE)


def _measure(settings: Settings) -> tuple[Data, str]:
    from wholeservice.app import example, measured
    from wholeservice.app.workspace import current_data

    data = current_data(settings)
    service = example.load_scenario(settings).service
    _head("Measure", f"{measured.title(data, service)}; what a number means: wholeservice explain completion")
    rows = measured.ask(data, measured.Question(entity=service))
    print_rows(rows, measured.columns(data, rows), TABLE)
    click.echo(measured.note(rows) or "")
    return data, service


def _findings(data: Data) -> None:
    _head("Findings", f"{len(data.findings)} in all, those that touch most people first")
    for each in data.findings[:N_FINDINGS]:
        click.echo(f"  {each.code}  {each.title}")


def _trace(data: Data, service: str) -> None:
    from wholeservice.app import measured, traced
    from wholeservice.app.trace_command import print_map

    _head("Trace", f"where {measured.title(data, service)} falls short, and what the loss starts from")
    drawn = [each for each in traced.maps_of(data, service, None) if not each.why_no_map]
    for each in drawn[:1]:
        print_map(data, each)
    if not drawn:
        click.echo("No target of this service is missed.")
