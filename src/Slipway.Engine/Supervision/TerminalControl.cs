using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Linux;

namespace Slipway.Engine;

/// <summary>Tells conmon a terminal's size through the fifo that it reads.</summary>
internal static class TerminalControl
{
    /// <summary>Does nothing where conmon no longer reads.</summary>
    public static void Resize(string fifo, TerminalExtent size)
    {
        try
        {
            using SafeFileHandle handle = Libc.Open(fifo, OpenFlags.WriteOnly | OpenFlags.NonBlock);
            using FileStream stream = new(handle, FileAccess.Write, bufferSize: 0);
            stream.Write(Encoding.ASCII.GetBytes($"1 {size.Rows} {size.Columns}\n"));
        }
        catch (IOException)
        {
            // ENOENT or ENXIO: the process has ended.
        }
    }
}
