using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Pipelines.Definitions;
using Slipway.Pipelines.Jobs;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Scheduling;

/// <summary>Runs one datum, as often as its pipeline allows.</summary>
internal sealed class DatumRunner(IExecutor executor, EmptiedTree emptied, TimeProvider time)
{
    /// <summary>The datum's result: processed, recovered, or failed after the last try.</summary>
    public async ValueTask<DatumResult> RunAsync(JobId job, Pipeline pipeline, PlannedDatum planned, CancellationToken cancellationToken)
    {
        DatumRun run = await RunOfAsync(job, pipeline, planned, cancellationToken);
        DateTimeOffset started = time.GetUtcNow();
        DatumOutcome outcome;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            outcome = Checked(await executor.RunAsync(run, cancellationToken));
            run = run with { Try = run.Try + 1 };
        }
        while (outcome.Kind is DatumOutcomeKind.Failed or DatumOutcomeKind.TimedOut && run.Try <= pipeline.Spec.DatumTries);

        DatumState state = outcome.Kind switch
        {
            DatumOutcomeKind.Succeeded => DatumState.Processed,
            DatumOutcomeKind.Recovered => DatumState.Recovered,
            _ => DatumState.Failed,
        };
        return new DatumResult
        {
            Id = planned.Datum.Id,
            Key = planned.Key,
            State = state,
            Reason = planned.Reason,
            Inputs = [.. planned.Datum.Inputs.Select(DatumResultInput.Of)],
            RanIn = job,
            Tries = run.Try - 1,
            ExitCode = outcome.ExitCode,
            Started = started,
            Finished = time.GetUtcNow(),
            Log = outcome.Log,
            OutputTree = state == DatumState.Processed ? outcome.OutputTree : null,
            OutputFiles = state == DatumState.Processed ? outcome.OutputFiles : 0,
            OutputBytes = state == DatumState.Processed ? outcome.OutputBytes : 0,
            Prepare = outcome.Prepare,
            Run = outcome.Run,
            Collect = outcome.Collect,
            Error = state == DatumState.Processed ? null : outcome.Error ?? Words(outcome, pipeline.Spec.DatumTimeout),
        };
    }

    private async ValueTask<DatumRun> RunOfAsync(JobId job, Pipeline pipeline, PlannedDatum planned, CancellationToken cancellationToken)
    {
        ImmutableArray<DatumMount>.Builder mounts = ImmutableArray.CreateBuilder<DatumMount>();
        foreach (DatumInput input in planned.Datum.Inputs)
        {
            Digest tree = input.EmptyFiles ? await emptied.OfAsync(input.Repo, input.Tree, input.Path, cancellationToken) : input.Tree;
            mounts.Add(new DatumMount(input.Name, input.Repo, tree, input.Path));
        }

        TransformSpec transform = pipeline.Spec.Transform;
        return new DatumRun
        {
            Pipeline = pipeline.Name.ToString(),
            Output = pipeline.Name.Repo,
            JobId = job.ToString(),
            Datum = planned.Datum.Id,
            Key = planned.Key,
            Image = pipeline.Image,
            ImageName = transform.Image,
            Stage = new StageCommand
            {
                Command = transform.Command,
                Stdin = transform.Stdin,
                ErrorCommand = transform.ErrorCommand,
                ErrorStdin = transform.ErrorStdin,
                User = transform.User,
                WorkingDirectory = transform.WorkingDirectory,
                AcceptReturnCodes = transform.AcceptReturnCodes,
            },
            Environment = ContractEnvironment.For(job, planned.Datum, transform.Environment),
            Inputs = mounts.ToImmutable(),
            MemoryBytes = pipeline.Spec.Limits.MemoryBytes,
            Cpus = pipeline.Spec.Limits.Cpus,
            Timeout = pipeline.Spec.DatumTimeout,
            Try = 1,
        };
    }

    private DatumOutcome Checked(DatumOutcome outcome) => outcome is { Kind: DatumOutcomeKind.Succeeded, OutputTree: null }
        ? throw new SlipwayException(ErrorKind.Internal, $"the executor {executor.Name} reported success without an output")
        : outcome;

    private static string Words(DatumOutcome outcome, TimeSpan? timeout) => outcome.Kind == DatumOutcomeKind.TimedOut && timeout is { } most
        ? $"took longer than datum_timeout, {GoDuration.Format(most)}"
        : $"exit code {outcome.ExitCode}";
}
