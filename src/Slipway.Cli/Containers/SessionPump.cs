using System.Runtime.InteropServices;
using Slipway.Api;
using Slipway.Linux;

namespace Slipway.Cli.Containers;

/// <summary>
/// Joins our terminal and signals with a container's: stdin, signals and sizes go there; output comes back; ends with the exit code of the command.
/// </summary>
internal sealed class SessionPump(ContainerSession session, CommandContext context, bool tty, bool interactive)
{
    /// <summary>Ctrl-C so many times, and we leave though the container does not.</summary>
    private const int Patience = 3;

    /// <summary>Linux's numbers of SIGUSR1 and SIGUSR2, which the platform does not name.</summary>
    private static readonly (PosixSignal Signal, string Name)[] Passed =
    [
        (PosixSignal.SIGINT, "INT"), (PosixSignal.SIGTERM, "TERM"), (PosixSignal.SIGHUP, "HUP"), (PosixSignal.SIGQUIT, "QUIT"),
        ((PosixSignal)10, "USR1"), ((PosixSignal)12, "USR2"),
    ];

    private int interrupts;

    /// <summary>The message that names the container; set before its output comes.</summary>
    private SessionFrame? started;

    /// <summary>Blocks until the command has ended; returns the exit code.</summary>
    public int Run()
    {
        List<PosixSignalRegistration> registrations = Register();
        IDisposable? raw = tty && interactive ? Terminal.EnterRawMode() : null;
        try
        {
            if (interactive)
            {
                // It may wait for a key for ever: the end of the process ends it.
                new Thread(PumpInput) { IsBackground = true, Name = "stdin" }.Start();
            }

            ExitReport? report = PumpOutput();
            raw?.Dispose();
            raw = null;
            return report is null && interrupts >= Patience
                ? throw new CliException($"the container did not end at {Patience} interrupts; it goes on", "see: slipway ps")
                : Finish(report);
        }
        finally
        {
            raw?.Dispose();
            registrations.ForEach(static registration => registration.Dispose());
        }
    }

    private int Finish(ExitReport? report)
    {
        switch (report)
        {
            case null:
                throw new CliException("lost the server before the command ended", $"the container may go on: slipway ps; the server's log: {context.Server.LogPath}");
            case { Error: { } problem }:
                context.Error.WriteLine($"{context.Terminal.ErrorStyle.Red("error:")} {problem.Message}");
                if (problem.Hint is not null)
                {
                    context.Error.WriteLine($"{context.Terminal.ErrorStyle.Bold("hint:")} {problem.Hint}");
                }

                break;
            case { OomKilled: true }:
                context.Error.WriteLine($"{context.Terminal.ErrorStyle.Yellow("note:")} the kernel killed it at its memory limit (--memory)");
                break;
        }

        return ExitCodes.Of(report);
    }

    private ExitReport? PumpOutput()
    {
        Stream output = context.OpenOutput();
        Stream errors = context.OpenErrorOutput();
        while (session.Read() is { } frame)
        {
            switch (frame.Channel)
            {
                case Channel.Stdout:
                    output.Write(frame.Payload.Span);
                    break;
                case Channel.Stderr:
                    errors.Write(frame.Payload.Span);
                    break;
                case Channel.Started:
                    started = frame with { Payload = frame.Payload.ToArray() };
                    if (frame.MayWarn)
                    {
                        ContainerWarnings.Write(frame.ReadStarted(), context);
                    }

                    break;
                case Channel.Exit:
                    return frame.ReadExit();
            }
        }

        return null;
    }

    /// <summary>Passes stdin on to its end, then says so: a filter such as `sort` waits for that.</summary>
    private void PumpInput()
    {
        byte[] buffer = new byte[32 * 1024];
        using Stream input = context.OpenInput();
        try
        {
            int count;
            while ((count = input.Read(buffer, 0, buffer.Length)) > 0)
            {
                session.SendStdin(buffer.AsSpan(0, count));
            }

            session.SendControl(new ControlMessage(CloseStdin: true));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The command ended, or our terminal went away: the output tells how it goes on.
        }
    }

    private List<PosixSignalRegistration> Register()
    {
        List<PosixSignalRegistration> registrations = [];
        foreach ((PosixSignal signal, string name) in Passed)
        {
            registrations.Add(PosixSignalRegistration.Create(signal, posix =>
            {
                posix.Cancel = true;
                if (signal == PosixSignal.SIGINT && Interlocked.Increment(ref interrupts) >= Patience)
                {
                    session.Dispose();
                    return;
                }

                PassOn(name);
            }));
        }

        if (tty)
        {
            registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Send(new ControlMessage(Resize: SessionTerminal.Size))));
        }

        return registrations;
    }

    /// <summary>
    /// Passes a signal on by a request of its own: on the session it would stand behind input that the command does not read.
    /// </summary>
    private void PassOn(string signal)
    {
        if (started is { } frame)
        {
            _ = context.Client.KillContainerAsync(frame.ReadStarted().Id, signal, CancellationToken.None)
                .ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
        else
        {
            Send(new ControlMessage(Signal: signal));
        }
    }

    private void Send(ControlMessage message)
    {
        try
        {
            session.SendControl(message);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A connection that is gone is noticed by the reader.
        }
    }
}
