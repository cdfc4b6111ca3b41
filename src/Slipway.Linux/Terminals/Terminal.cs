namespace Slipway.Linux;

/// <summary>The terminal that this process was started from, for a client that passes its keys on to a container's.</summary>
public static class Terminal
{
    private const int Stdin = 0;
    private const int Stdout = 1;
    private const int Stderr = 2;

    /// <summary>True where stdin is a terminal.</summary>
    public static bool IsInput => Libc.IsTerminal(Stdin);

    /// <summary>True where stdout is a terminal.</summary>
    public static bool IsOutput => Libc.IsTerminal(Stdout);

    /// <summary>True where stderr is a terminal.</summary>
    public static bool IsErrorOutput => Libc.IsTerminal(Stderr);

    /// <summary>The terminal's size now, or null where neither stdout nor stdin is one.</summary>
    public static TerminalSize? Size => Libc.GetWindowSize(Stdout) ?? Libc.GetWindowSize(Stdin);

    /// <summary>
    /// Makes the terminal at stdin hand over every key as it is typed, control keys included, without echo. Disposing the result puts back
    /// what was set before; without a terminal nothing is changed either way.
    /// </summary>
    public static IDisposable EnterRawMode()
    {
        TerminalAttributes? before = Libc.GetTerminalAttributes(Stdin);
        if (before is { } attributes)
        {
            Libc.MakeRaw(ref attributes);
            Libc.SetTerminalAttributes(Stdin, attributes);
        }

        return new RawMode(before);
    }

    private sealed class RawMode(TerminalAttributes? before) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (before is { } attributes && Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Libc.SetTerminalAttributes(Stdin, attributes);
            }
        }
    }
}
