# SPDX-License-Identifier: ISC
"""Holds processes, and has one make one system call and tells what the kernel
answered, by ptrace: for what /proc does not show of a process.  Calls are for
x86-64; needs root, and a process that no filter would kill for the call.
"""
import contextlib
import ctypes
import os
import signal
import time

CONT, SINGLESTEP, GETREGS, SETREGS, DETACH = 7, 9, 12, 13, 17
SEIZE, INTERRUPT = 0x4206, 0x4207
WALL = 0x40000000
REGISTERS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi "
             "orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs"
             ).split()
ARGUMENTS = ["rdi", "rsi", "rdx", "r10", "r8", "r9"]
SYSCALL = b"\x0f\x05"
BELOW = 512  # bytes under the stack pointer: beyond what the ABI reserves
TRIES = 200

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                         ctypes.c_void_p]
_LIBC.ptrace.restype = ctypes.c_long


class _Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_ulonglong) for name in REGISTERS]


def _ptrace(request, pid, data=None):
    if _LIBC.ptrace(request, pid, None, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _wait(pid):
    _, status = os.waitpid(pid, WALL)
    if not os.WIFSTOPPED(status):
        raise RuntimeError(f"{pid} is gone: {status}")
    return os.WSTOPSIG(status)


def _stop_in_call(pid, memory):
    """Stops the process where it waits in a call; its registers."""
    registers = _Registers()
    for _ in range(TRIES):
        _ptrace(INTERRUPT, pid)
        _wait(pid)
        _ptrace(GETREGS, pid, ctypes.byref(registers))
        if os.pread(memory, 2, registers.rip - 2) == SYSCALL:
            return registers
        _ptrace(CONT, pid)
        time.sleep(0.01)
    raise RuntimeError(f"{pid} does not wait in a system call")


@contextlib.contextmanager
def held(pids):
    """The processes do nothing meanwhile, and only SIGKILL ends them.  (Those
    that SIGSTOP has stopped get SIGHUP as soon as they are orphans.)"""
    for pid in pids:
        _ptrace(SEIZE, pid)
        _ptrace(INTERRUPT, pid)
        _wait(pid)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(OSError):  # it may be dead
                _ptrace(DETACH, pid)


def call(pid, number, *arguments):
    """The kernel's answer; bytes as an argument are put into its memory."""
    if os.uname().machine != "x86_64":
        raise RuntimeError("written for x86-64")
    _ptrace(SEIZE, pid)
    memory = os.open(f"/proc/{pid}/mem", os.O_RDWR)
    try:
        before = _stop_in_call(pid, memory)
        after = _Registers.from_buffer_copy(before)
        after.rip, after.rax = before.rip - 2, number
        after.orig_rax = 2 ** 64 - 1  # nothing to be made again
        for name, value in zip(ARGUMENTS, arguments):
            if isinstance(value, bytes):
                os.pwrite(memory, value + b"\0", before.rsp - BELOW)
                value = before.rsp - BELOW
            setattr(after, name, value % 2 ** 64)
        _ptrace(SETREGS, pid, ctypes.byref(after))
        _ptrace(SINGLESTEP, pid)
        if _wait(pid) != signal.SIGTRAP:
            raise RuntimeError(f"{pid} did not make the call")
        _ptrace(GETREGS, pid, ctypes.byref(after))
        _ptrace(SETREGS, pid, ctypes.byref(before))
        return ctypes.c_longlong(after.rax).value
    finally:
        os.close(memory)
        _ptrace(DETACH, pid)
