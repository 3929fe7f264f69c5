"""`pluto simulate`: pretend miners on loopback until Ctrl-C, and how to reach and to break them."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack

import click
import msgspec
from rich.console import Console
from rich.table import Table

from pluto.simulator.control import ControlRoute
from pluto.simulator.door import AddressTaken
from pluto.simulator.fault import Act
from pluto.simulator.faults import FAULTS, KINDS
from pluto.simulator.mock_list import BadMock, MockList, mock_settings
from pluto.simulator.profiles import DEFAULT_MIX, PROFILES
from pluto.simulator.server import BadFleet, Options, SimulatedFleet
from pluto.simulator.simulated_miner import NoSuchFault, SimulatedMiner

MAX_ROWS = 30
COUNT = 30
HEALTHY = 3


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    count: int | None
    first: str
    port: int
    is_at_one_address: bool
    control_port: int
    profiles: Sequence[str]
    seed: int
    faults: Sequence[str]
    hostile: bool
    same_name: bool
    boot_s: float | None


@click.command()
@click.argument("count", type=click.IntRange(1, 5000), required=False)
@click.option("--first", default="127.20.0.1", show_default=True, help="address of the first miner; the others follow")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="port of the miners; 0: a free one")
@click.option("--one-address", is_flag=True, help="all at the first address, one port each")
@click.option("--control-port", type=click.IntRange(0, 65535), default=7770, show_default=True, help="port of the control route")
@click.option("--profile", "profiles", multiple=True, type=click.Choice(list(PROFILES)), help="firmware; repeat for a mix")
@click.option("--seed", type=int, default=1, show_default=True, help="the same seed gives the same fleet")
@click.option("--fault", "faults", multiple=True, metavar="[INDEX:]NAME", help="from the start, e.g. 3:hang; all without INDEX")
@click.option("--hostile", is_flag=True, help="one miner for each fault there is, behind three healthy ones")
@click.option("--faults", "lists", is_flag=True, help="print all faults and end")
@click.option("--same-name", is_flag=True, help="all call themselves bitaxe, as from the factory")
@click.option("--boot-s", type=click.FloatRange(0.0), default=None, help="seconds a restart takes (default: 3 to 10)")
@click.option("--mock", is_flag=True, help="the mock list instead: LISTING_PORT, PORTS, LOGS_PUB_ENABLED")
def simulate(mock: bool, lists: bool, one_address: bool, **given: object) -> None:
    """Pretend to be COUNT miners (30 unless you say) on this machine until Ctrl-C."""
    try:
        if lists:
            _list_faults()
        elif mock:
            asyncio.run(_run_mocks())
        else:
            plan = msgspec.convert(given | {"is_at_one_address": one_address}, Plan)
            asyncio.run(_run_fleet(plan))
    except (AddressTaken, BadFleet, BadMock, NoSuchFault, ValueError) as error:
        raise click.ClickException(str(error)) from error


async def _run_fleet(plan: Plan) -> None:
    options = Options(same_name=plan.same_name, boot_s=plan.boot_s)
    fleet = SimulatedFleet(
        plan.count or (HEALTHY + len(FAULTS) if plan.hostile else COUNT),
        first=plan.first,
        port=plan.port,
        profiles=tuple(plan.profiles) or DEFAULT_MIX,
        seed=plan.seed,
        one_address=plan.is_at_one_address,
        options=options,
    )
    stopping = _stop_signal()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(fleet)
        control = await stack.enter_async_context(ControlRoute(fleet, plan.control_port))
        _break(fleet, plan.faults)
        if plan.hostile:
            _break_each(fleet)
        _show(fleet, control)
        await stopping.wait()


async def _run_mocks() -> None:
    stopping = _stop_signal()
    async with MockList(mock_settings(os.environ)) as mocks:
        table = Table(title=f"{len(mocks.miners)} mock miners")
        for column in ("name", "host"):
            table.add_column(column)
        for miner in mocks.miners:
            table.add_row(miner.hostname, f"127.0.0.1:{miner.port}")
        console = Console()
        console.print(table)
        console.print(f"The list: http://127.0.0.1:{mocks.listing_port}/servers\nCtrl-C ends it.")
        await stopping.wait()


def _break(fleet: SimulatedFleet, faults: Sequence[str]) -> None:
    for text in faults:
        index, _, name = text.rpartition(":")
        for miner in _meant(fleet, index, text):
            miner.fault(name)


def _meant(fleet: SimulatedFleet, index: str, text: str) -> Sequence[SimulatedMiner]:
    if not index:
        return fleet.miners
    miner = fleet.find(index)
    if miner is None:
        raise NoSuchFault(f"--fault {text}: no miner {index}; the first is 0")
    return [miner]


def _break_each(fleet: SimulatedFleet) -> None:
    names = [name for name, fault in FAULTS.items() if fault.act is not Act.MOVE]  # to where is for a person to say
    for miner, name in zip(fleet.miners[HEALTHY:], names, strict=False):
        miner.fault(name)


def _list_faults() -> None:
    for kind, faults in KINDS.items():
        click.echo(kind)
        for name, fault in faults.items():
            click.echo(f"  {name:<22} {fault.description}")


def _show(fleet: SimulatedFleet, control: ControlRoute) -> None:
    table = Table(title=f"{len(fleet.miners)} pretend miners")
    for column in ("#", "name", "host", "MAC", "firmware", "fault"):
        table.add_column(column)
    for index, miner in enumerate(fleet.miners[:MAX_ROWS]):
        table.add_row(str(index), miner.hostname, miner.host, miner.mac, miner.profile.name, miner.fault_name or "")
    console = Console()
    console.print(table)
    if len(fleet.miners) > MAX_ROWS:
        console.print(f"... and {len(fleet.miners) - MAX_ROWS} more, the last at {fleet.miners[-1].host}")
    console.print(f"Ask one:   curl http://{fleet.miners[0].host}/api/system/info", soft_wrap=True)
    console.print(f"List:      curl {control.url}/miners", soft_wrap=True)
    console.print(f'Break one: curl -X POST -d \'{{"fault":"hang"}}\' {control.url}/miners/0/fault', soft_wrap=True)
    console.print("Ctrl-C ends it.")


def _stop_signal() -> asyncio.Event:
    """Return what Ctrl-C and SIGTERM set, from now on."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping
