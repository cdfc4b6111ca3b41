namespace Slipway.Daemon;

/// <summary>The server's log: its standard error, which is daemon.log in SLIPWAY_HOME where the client started it.</summary>
internal static class ServerLog
{
    /// <summary>Writes a line. A log that cannot be written, as on a full disk, stops nothing.</summary>
    public static void Write(string line)
    {
        try
        {
            Console.Error.WriteLine($"slipway: {line}");
        }
        catch (IOException)
        {
            // There is nowhere left to say it.
        }
    }
}
