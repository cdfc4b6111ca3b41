using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux.Tests.Processes;

public sealed class ProcessCallTests
{
    [Fact]
    public void A_process_is_held_signalled_and_waited_for_by_its_handle()
    {
        using Process process = Process.Start("/bin/sleep", ["1000"]);
        using SafeFileHandle? handle = Libc.OpenProcess(process.Id);
        Assert.NotNull(handle);
        Assert.False(Libc.WaitReadable(handle, 0));
        Assert.True(Libc.SendSignal(process.Id, 0));
        Assert.True(Libc.SendSignal(handle, 9));
        Assert.True(Libc.WaitReadable(handle, 60_000));
        process.WaitForExit();
        Assert.Equal(137, process.ExitCode);
        Assert.False(Libc.SendSignal(handle, 9));
        Assert.Null(Libc.OpenProcess(process.Id));
    }

    [Fact]
    public void A_terminal_is_left_alone_where_there_is_none()
    {
        // A test's stdin is no terminal; entering and leaving the raw mode must then do nothing at all.
        Assert.False(Terminals());
        using (Terminal.EnterRawMode())
        {
            Assert.False(Terminal.IsInput);
        }

        static bool Terminals() => Terminal.IsInput;
    }
}
