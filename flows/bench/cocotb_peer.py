"""The core under cocotb and Verilator, driven by a coroutine per channel, on the beats of a folder.

`python cocotb_peer.py BUILD FOLDER SIZE OUTPUTS` builds the simulator in BUILD and plays FOLDER
(beats as flows/bench/sc_pins.cpp takes them); prints the cycles and their CPU seconds. cocotb itself
then imports this file for the test.
"""

import os
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotb_tools.runner import get_runner

ROOT = Path(__file__).resolve().parents[2]
COMMAND = struct.Struct("<iiiHHBBBBBBBBB3x")  # sim/channel/beats.h
PARAMETER = struct.Struct("<qiiBB6x")
COMMAND_PINS = ("zero_point", "lo", "hi", "rows", "first_row", "rounding", "stream", "first",
                "last", "new_weights", "new_params", "residual", "subtract_zp", "maximum")
PARAMETER_PINS = ("bias", "scale", "residual_scale", "shift", "residual_shift")
Beat = dict[str, int]  # Value by pin.


def pack(values: tuple[int, ...], bits: int) -> int:
    return sum((value & (1 << bits) - 1) << bits * lane for lane, value in enumerate(values))


def unpack(word: int, bits: int, lanes: int) -> list[int]:
    values = (word >> bits * lane & (1 << bits) - 1 for lane in range(lanes))
    return [value - (value >> bits - 1 << bits) for value in values]


def rows(file: Path, element: str, lanes: int, bits: int) -> Iterator[Beat]:
    for row in struct.iter_unpack(f"<{lanes}{element}", file.read_bytes()):
        yield {"data": pack(row, bits)}


def fields(file: Path, layout: struct.Struct, names: tuple[str, ...], widths: Beat) -> Iterator[Beat]:
    for values in layout.iter_unpack(file.read_bytes()):
        yield {name: value & (1 << widths[name]) - 1 for name, value in zip(names, values)}


async def send(dut: object, channel: str, names: tuple[str, ...], beats: Iterator[Beat]) -> None:
    pins = {name: getattr(dut, f"{channel}_{name}_i") for name in names}
    valid, ready = getattr(dut, f"{channel}_valid_i"), getattr(dut, f"{channel}_ready_o")
    for beat in beats:
        for name, value in beat.items():
            pins[name].value = value
        valid.value = 1
        await RisingEdge(dut.clk_i)
        while not ready.value:
            await RisingEdge(dut.clk_i)
    valid.value = 0


async def receive(dut: object, channel: str, bits: int, lanes: int, count: int) -> list[int]:
    valid, data = getattr(dut, f"{channel}_valid_o"), getattr(dut, f"{channel}_data_o")
    getattr(dut, f"{channel}_ready_i").value = 1
    values: list[int] = []
    while len(values) < count * lanes:
        await RisingEdge(dut.clk_i)
        if valid.value:
            values += unpack(data.value.to_unsigned(), bits, lanes)
    return values


async def count_cycles(dut: object, count: list[int]) -> None:
    while True:
        await RisingEdge(dut.clk_i)
        count[0] += 1


@cocotb.test()
async def plays_the_beats(dut: object) -> None:
    folder, size = Path(os.environ["PEER_FOLDER"]), int(os.environ["PEER_SIZE"])
    outputs = int(os.environ["PEER_OUTPUTS"])
    widths = {pin: len(getattr(dut, f"cmd_{pin}_i")) for pin in COMMAND_PINS}
    widths |= {pin: len(getattr(dut, f"param_{pin}_i")) for pin in PARAMETER_PINS}
    beats = {
        "cmd": (COMMAND_PINS, fields(folder / "command", COMMAND, COMMAND_PINS, widths)),
        "param": (PARAMETER_PINS, fields(folder / "parameter", PARAMETER, PARAMETER_PINS, widths)),
        "act": (("data",), rows(folder / "activation", "h", size, 16)),
        "weight": (("data",), rows(folder / "weight", "h", size, 9)),
        "residual": (("data",), rows(folder / "residual", "i", size, 17)),
    }
    for channel in beats:
        getattr(dut, f"{channel}_valid_i").value = 0
    dut.rst_ni.value = 0
    Clock(dut.clk_i, 2, "ns").start()
    for _ in range(8):
        await RisingEdge(dut.clk_i)
    dut.rst_ni.value = 1
    await RisingEdge(dut.clk_i)

    cycles = [0]
    start = time.process_time()
    cocotb.start_soon(count_cycles(dut, cycles))
    for channel, (names, beats_of_channel) in beats.items():
        cocotb.start_soon(send(dut, channel, names, beats_of_channel))
    out = cocotb.start_soon(receive(dut, "out", 17, size, outputs))
    tap = cocotb.start_soon(receive(dut, "tap", 32, size, outputs))
    answers = {"output": await out, "tap": await tap}
    seconds = time.process_time() - start
    for name, values in answers.items():
        (folder / name).write_bytes(struct.pack(f"<{len(values)}i", *values))
    (folder / "cocotb").write_text(f"{cycles[0]} {seconds}\n")


def main(build: str, folder: str, size: str, outputs: str) -> None:
    lines = (line.split("//")[0].strip() for line in (ROOT / "rtl/files.f").read_text().splitlines())
    runner = get_runner("verilator")
    runner.build(sources=[ROOT / "rtl" / line for line in lines if line], hdl_toplevel="systole_core",
                 parameters={"Rows": int(size), "Cols": int(size)}, build_dir=build,
                 build_args=["-Wno-fatal", "-Wno-lint"], always=True)
    runner.test(hdl_toplevel="systole_core", test_module=Path(__file__).stem, build_dir=build,
                test_dir=build, results_xml="results.xml",
                extra_env={"PEER_FOLDER": folder, "PEER_SIZE": size, "PEER_OUTPUTS": outputs,
                           "PYTHONPATH": str(Path(__file__).parent)})


if __name__ == "__main__":
    main(*sys.argv[1:])
