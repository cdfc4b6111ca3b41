using System.Collections.Immutable;
using Slipway.Data.Commits;
using Slipway.Pipelines.Planning;
using Slipway.Pipelines.Specs;

namespace Slipway.Pipelines.Jobs;

/// <summary>
/// The variables that a command finds beside the spec's own. Names and meanings are Pachyderm's, with <c>SLIPWAY_</c> twins. They say
/// which job and commit this is, and so are no part of a datum's key: a command must not let its output depend on them.
/// </summary>
public static class ContractEnvironment
{
    /// <summary>Where inputs and <c>out</c> appear in the container.</summary>
    public const string Root = "/pfs";

    /// <summary>
    /// The whole environment, <c>NAME=value</c>, each name once: the spec's variables first; where one has a name of the contract, the
    /// contract's value stands.
    /// </summary>
    public static ImmutableArray<string> For(JobId job, Datum datum, IEnumerable<EnvironmentVariable> specified)
    {
        List<EnvironmentVariable> contract = [.. Contract(job, datum).DistinctBy(variable => variable.Name)];
        HashSet<string> names = [.. contract.Select(variable => variable.Name)];
        return [.. specified.Where(variable => !names.Contains(variable.Name)).Concat(contract).Select(variable => variable.ToString())];
    }

    private static IEnumerable<EnvironmentVariable> Contract(JobId job, Datum datum)
    {
        (string Name, string Value)[] twins =
        [
            ("JOB_ID", job.GlobalId.ToString()),
            ("OUTPUT_COMMIT_ID", job.GlobalId.ToString()),
            ("DATUM_ID", datum.Id.ToString()),
            ("PIPELINE_NAME", job.Pipeline.Name),
            ("PROJECT_NAME", job.Pipeline.Project ?? "default"),
        ];
        foreach ((string name, string value) in twins)
        {
            // Pachyderm calls the last two PPS_…; the older PACH_ spelling is in use as well.
            yield return new("PACH_" + name, value);
            yield return new("SLIPWAY_" + name, value);
        }

        yield return new("PPS_PIPELINE_NAME", job.Pipeline.Name);
        yield return new("PPS_PROJECT_NAME", job.Pipeline.Project ?? "default");
        yield return new("SLIPWAY_JOB", job.ToString());
        foreach (DatumInput input in datum.Inputs)
        {
            yield return new(input.Name, PathOf(input));
            yield return new(input.Name + "_COMMIT", input.Commit.ToString());
        }
    }

    private static string PathOf(DatumInput input) => input.Path.IsRoot ? $"{Root}/{input.Name}" : $"{Root}/{input.Name}{input.Path}";
}
