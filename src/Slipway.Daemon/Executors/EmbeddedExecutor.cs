using System.Collections.Immutable;
using System.Diagnostics;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Daemon.Hosting;
using Slipway.Data.Contents;
using Slipway.Data.Inputs;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees;
using Slipway.Engine;
using Slipway.Images;
using Slipway.Pipelines.Jobs;

namespace Slipway.Daemon.Executors;

/// <summary>
/// Runs a datum in a container of our own engine, on this machine. One try:
/// a folder of its own → inputs linked or bound beneath <c>pfs/</c> → a container with <c>/pfs</c> read-only and <c>/pfs/out</c> writable → its exit →
/// what it left in <c>out/</c> moved into the store → the folder removed. A fresh writable layer and an empty <c>/pfs/out</c> each time.
/// </summary>
public sealed class EmbeddedExecutor(
    WorkFolders folders, ImageStore images, ContainerEngine engine, RepoContents contents, InputCache cache, InputCache sealedCache) : IExecutor
{
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;

    /// <inheritdoc/>
    public string Name => "embedded";

    /// <inheritdoc/>
    public ValueTask CleanAsync(CancellationToken cancellationToken) => engine.CleanEphemeralAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<DatumOutcome> RunAsync(DatumRun run, CancellationToken cancellationToken)
    {
        using WorkFolder folder = folders.Create("datum");
        DatumFolder datum = new(folder.Path);
        long began = Stopwatch.GetTimestamp();
        Image image = await FindImageAsync(run, cancellationToken);
        using DatumInputs inputs = new(contents, cache, sealedCache, datum.Pfs);
        await PrepareAsync(run, datum, inputs, cancellationToken);
        TimeSpan prepare = Stopwatch.GetElapsedTime(began);

        // 1. The command, 2. where it failed, the error command, 3. what it left behind.
        began = Stopwatch.GetTimestamp();
        using CancellationTokenSource limit = new(run.Timeout ?? Timeout.InfiniteTimeSpan);
        CommandEnd end = await RunCommandAsync(run, image, datum, inputs.Mounts, run.Stage.Command, run.Stage.Stdin, limit.Token, cancellationToken);
        bool accepted = end.Kind == CommandEndKind.Exited && (end.ExitCode == 0 || run.Stage.AcceptReturnCodes.Contains(end.ExitCode));
        bool recovered = !accepted && end.Kind == CommandEndKind.Exited && !run.Stage.ErrorCommand.IsEmpty
            && await RunCommandAsync(run, image, datum, inputs.Mounts, run.Stage.ErrorCommand, run.Stage.ErrorStdin, limit.Token, cancellationToken)
                is { Kind: CommandEndKind.Exited, ExitCode: 0 };
        TimeSpan ran = Stopwatch.GetElapsedTime(began);

        DatumOutcome outcome = new(
            accepted ? DatumOutcomeKind.Succeeded : recovered ? DatumOutcomeKind.Recovered : end.Kind == CommandEndKind.TimedOut ? DatumOutcomeKind.TimedOut : DatumOutcomeKind.Failed,
            end.ExitCode, null, 0, 0, await datum.KeepLogAsync(contents.Of(run.Output).Blobs, cancellationToken), prepare, ran, TimeSpan.Zero, accepted || recovered ? null : Explain(run, end));
        return accepted ? await CollectAsync(run, outcome, datum, cancellationToken) : outcome;
    }

    // What the name means by now may be another image: the one that the pipeline's version names runs, or one of which a container sees the same.
    private async ValueTask<Image> FindImageAsync(DatumRun run, CancellationToken cancellationToken) =>
        await images.FindAsync(run.Image.Manifest.ToString(), cancellationToken)
            ?? await images.FindByRunIdentityAsync(run.Image.RunIdentity, cancellationToken)
            ?? throw new SlipwayException(
                ErrorKind.NotFound,
                $"the image {run.Image.Manifest.Short} of {run.ImageName} is not stored any more, nor one that runs the same",
                "Build or pull it again, or give the pipeline what the name means now: slipway pipeline update -f FILE");

    private static async ValueTask PrepareAsync(DatumRun run, DatumFolder datum, DatumInputs inputs, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(datum.Pfs);
        Directory.CreateDirectory(datum.Out);

        // The command may run as any user of the image; the folder above it is ours alone, so only the container reaches it.
        File.SetUnixFileMode(datum.Out, Everybody);
        Directory.CreateDirectory(Path.Combine(datum.Pfs, "out"));
        foreach (DatumMount input in run.Inputs)
        {
            await inputs.AddAsync(input, cancellationToken);
        }
    }

    private async ValueTask<DatumOutcome> CollectAsync(DatumRun run, DatumOutcome outcome, DatumFolder datum, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        (IBlobStore blobs, TreeStore trees) = contents.Of(run.Output);
        try
        {
            CollectedTree output = await new Collector(trees, blobs).CollectAsync(datum.Out, cancellationToken);
            return outcome with { OutputTree = output.Tree, OutputFiles = output.Files, OutputBytes = output.Bytes, Collect = Stopwatch.GetElapsedTime(began) };
        }
        catch (SlipwayException error) when (error.Kind == ErrorKind.InvalidArgument)
        {
            // The command left something that a repo cannot hold (a socket, a device, a name that is not text): its own fault.
            return outcome with { Kind = DatumOutcomeKind.Failed, Error = $"the output cannot be kept: {error.Message}", Collect = Stopwatch.GetElapsedTime(began) };
        }
    }

    private async ValueTask<CommandEnd> RunCommandAsync(
        DatumRun run, Image image, DatumFolder datum, IReadOnlyList<Mount> inputs,
        ImmutableArray<string> command, ImmutableArray<string> stdin, CancellationToken limit, CancellationToken cancellationToken)
    {
        ContainerInfo container = await engine.CreateAsync(Spec(run, image, datum, inputs, command, openStdin: !stdin.IsEmpty), cancellationToken);
        try
        {
            // A limit that this machine cannot set belongs to what the run says, not only to what the server knows.
            await datum.AppendLogAsync(container.Warnings.Select(warning => Warning(container, warning)).ToAsyncEnumerable(), cancellationToken);
            await using ContainerStreams? streams = stdin.IsEmpty ? null : await engine.AttachAsync(container.Id, cancellationToken);
            try
            {
                await engine.StartAsync(container.Id, cancellationToken);
            }
            catch (SlipwayException error)
            {
                return new CommandEnd(CommandEndKind.NotStarted, -1, false, error.Message);
            }

            Task feed = streams is null ? Task.CompletedTask : FeedAsync(streams, stdin, cancellationToken);
            CommandEnd end = await WaitAsync(container.Id, limit, cancellationToken);
            await feed;
            await datum.AppendLogAsync(engine.LogsAsync(container.Id, follow: false, cancellationToken), cancellationToken);
            return end;
        }
        finally
        {
            await engine.DiscardAsync(container.Id);
        }
    }

    private async ValueTask<CommandEnd> WaitAsync(ContainerId container, CancellationToken limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit, cancellationToken);
        try
        {
            ExitStatus exit = await engine.WaitAsync(container, either.Token);
            return new CommandEnd(CommandEndKind.Exited, exit.Code, exit.OomKilled, null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            const int Sigkill = 9;
            await engine.KillAsync(container, Sigkill, cancellationToken);
            ExitStatus exit = await engine.WaitAsync(container, cancellationToken);
            return new CommandEnd(CommandEndKind.TimedOut, exit.Code, false, null);
        }
        catch (SlipwayException error)
        {
            return new CommandEnd(CommandEndKind.NotStarted, -1, false, error.Message); // Known only at its end: its runtime is our child.
        }
    }

    private static ContainerSpec Spec(DatumRun run, Image image, DatumFolder datum, IReadOnlyList<Mount> inputs, ImmutableArray<string> command, bool openStdin) => new()
    {
        Image = image,
        ImageName = run.ImageName,
        Command = command.IsEmpty ? null : command,
        Entrypoint = command.IsEmpty ? null : [],
        Environment = run.Environment,
        WorkingDirectory = run.Stage.WorkingDirectory,
        User = run.Stage.User,
        Mounts = [new Mount(datum.Pfs, "/pfs", ReadOnly: true), new Mount(datum.Out, "/pfs/out", ReadOnly: false), .. inputs],
        Limits = new ResourceLimits(run.MemoryBytes, run.Cpus),
        OpenStdin = openStdin,
        Labels = ImmutableDictionary<string, string>.Empty.Add("slipway.job", run.JobId).Add("slipway.datum", run.Datum.ToString()),
        Ephemeral = true,
    };

    private static async Task FeedAsync(ContainerStreams streams, ImmutableArray<string> lines, CancellationToken cancellationToken)
    {
        Task output = DiscardOutputAsync(streams, cancellationToken);
        await streams.WriteStdinAsync(System.Text.Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))), cancellationToken);
        await streams.CloseStdinAsync(cancellationToken);
        await output;
    }

    /// <summary>The log has it; but a command whose output nobody takes would stop.</summary>
    private static async Task DiscardOutputAsync(ContainerStreams streams, CancellationToken cancellationToken)
    {
        while (await streams.ReadAsync(cancellationToken) is not null)
        {
        }
    }

    private static LogLine Warning(ContainerInfo container, string warning) =>
        new(StreamKind.Stderr, container.Created, System.Text.Encoding.UTF8.GetBytes($"slipway: warning: {warning}\n"));

    private static string Explain(DatumRun run, CommandEnd end)
    {
        string command = run.Stage.Command.IsEmpty ? "the image's command" : string.Join(' ', run.Stage.Command);
        return end.Kind switch
        {
            CommandEndKind.NotStarted => $"{command}: could not be started in {run.ImageName}: {end.Error}",
            CommandEndKind.TimedOut => $"{command}: still ran after the datum_timeout of {run.Timeout}",
            _ when end.OomKilled => $"{command}: killed for using more memory than the limit of {run.MemoryBytes} bytes",
            _ => $"{command}: ended with exit code {end.ExitCode}",
        };
    }

    private enum CommandEndKind
    {
        Exited,
        TimedOut,
        NotStarted,
    }

    private sealed record CommandEnd(CommandEndKind Kind, int ExitCode, bool OomKilled, string? Error);
}
