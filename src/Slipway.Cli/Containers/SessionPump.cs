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

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<PosixSignalRegistration> registrations = Register(ended);
        IDisposable? raw = tty && interactive ? Terminal.EnterRawMode() : null;
        try
        {
            Task input = interactive ? Task.Factory.StartNew(
                () => PumpInputAsync(ended.Token), ended.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap() : Task.CompletedTask;
            ExitReport? report = await PumpOutputAsync(ended.Token).ConfigureAwait(false);
            raw?.Dispose();
            raw = null;
            _ = input; // It may wait for a key for ever: the end of the process ends it.
            return Finish(report);
        }
        catch (OperationCanceledException) when (interrupts >= Patience)
        {
            throw new CliException($"the container did not end at {Patience} interrupts; it goes on", "see: slipway ps");
        }
        finally
        {
            raw?.Dispose();
            registrations.ForEach(static registration => registration.Dispose());
            await ended.CancelAsync().ConfigureAwait(false);
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

    private async Task<ExitReport?> PumpOutputAsync(CancellationToken cancellationToken)
    {
        Stream output = context.OpenOutput();
        Stream errors = context.OpenErrorOutput();
        while (await session.ReadAsync(cancellationToken).ConfigureAwait(false) is { } frame)
        {
            switch (frame.Channel)
            {
                case Channel.Stdout:
                    await output.WriteAsync(frame.Payload, cancellationToken).ConfigureAwait(false);
                    break;
                case Channel.Stderr:
                    await errors.WriteAsync(frame.Payload, cancellationToken).ConfigureAwait(false);
                    break;
                case Channel.Started:
                    ContainerWarnings.Write(frame.ReadStarted(), context);
                    break;
                case Channel.Exit:
                    return frame.ReadExit();
            }
        }

        return null;
    }

    /// <summary>Passes stdin on to its end, then says so: a filter such as `sort` waits for that.</summary>
    private async Task PumpInputAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[32 * 1024];
        using Stream input = context.OpenInput();
        try
        {
            int count;
            while ((count = input.Read(buffer, 0, buffer.Length)) > 0)
            {
                await session.SendStdinAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }

            await session.SendControlAsync(new ControlMessage(CloseStdin: true), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Net.WebSockets.WebSocketException or ObjectDisposedException)
        {
            // The command ended, or our terminal went away: the output tells how it goes on.
        }
    }

    private List<PosixSignalRegistration> Register(CancellationTokenSource ended)
    {
        List<PosixSignalRegistration> registrations = [];
        foreach ((PosixSignal signal, string name) in Passed)
        {
            registrations.Add(PosixSignalRegistration.Create(signal, posix =>
            {
                posix.Cancel = true;
                if (signal == PosixSignal.SIGINT && Interlocked.Increment(ref interrupts) >= Patience)
                {
                    ended.Cancel();
                    return;
                }

                Send(new ControlMessage(Signal: name), ended.Token);
            }));
        }

        if (tty)
        {
            registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Send(new ControlMessage(Resize: SessionTerminal.Size), ended.Token)));
        }

        return registrations;
    }

    private void Send(ControlMessage message, CancellationToken cancellationToken)
    {
        // A signal handler cannot wait; a connection that is gone is noticed by the reader.
        Task sending = session.SendControlAsync(message, cancellationToken);
        _ = sending.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }
}
