using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Slipway.Linux;

public static partial class Libc
{
    /// <summary>
    /// Waits until an open file can be read (a process's handle: until it has ended) or the time is over: poll(2). True for the former.
    /// </summary>
    /// <param name="milliseconds">-1 waits without end.</param>
    public static bool WaitReadable(SafeFileHandle file, int milliseconds)
    {
        const short readable = 1;
        PollEntry entry = new() { Descriptor = (int)file.DangerousGetHandle(), Events = readable };
        int result;
        do
        {
            result = poll(ref entry, 1, milliseconds);
        }
        while (Interrupted(result));
        GC.KeepAlive(file);
        return Check(result, "poll") > 0;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int poll(ref PollEntry entries, nuint count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
