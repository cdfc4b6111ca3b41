using Slipway.Content;
using Slipway.Data.Repos;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>Binds how a stage is run: parallelism, tries, timeouts, limits, output branch.</summary>
internal static class RunBinder
{
    /// <summary>The spec with those fields set; what is wrong is left at its default, with a fault.</summary>
    public static PipelineSpec Bind(FieldMap map, PipelineSpec spec, SpecFaults faults, SpecWarnings warnings)
    {
        SpecNode? branch = map.Take("output_branch");
        SpecNode? requests = map.Take("resource_requests");
        if (requests is not null)
        {
            BindLimits(requests, map.PathOf("resource_requests"), faults);
            warnings.Add(requests.At, map.PathOf("resource_requests"), "has no effect: nothing is reserved; resource_limits is enforced");
        }

        foreach (string idle in new[] { "enable_stats", "standby", "autoscaling" })
        {
            SpecNode? node = map.Take(idle);
            if (ScalarValues.Boolean(node, map.PathOf(idle), faults) == true)
            {
                string why = idle == "enable_stats" ? "statistics are always kept" : "a stage holds no container while it has nothing to do";
                warnings.Add(node!.At, map.PathOf(idle), $"has no effect: {why}");
            }
        }

        return spec with
        {
            Parallelism = BindParallelism(map.Take("parallelism_spec"), map.PathOf("parallelism_spec"), faults) ?? spec.Parallelism,
            DatumTries = ScalarValues.Integer(map.Take("datum_tries"), map.PathOf("datum_tries"), faults, 1, 1000) ?? spec.DatumTries,
            DatumTimeout = ScalarValues.Parsed(map.Take("datum_timeout"), map.PathOf("datum_timeout"), faults, GoDuration.ParsePositive),
            JobTimeout = ScalarValues.Parsed(map.Take("job_timeout"), map.PathOf("job_timeout"), faults, GoDuration.ParsePositive),
            Limits = BindLimits(map.Take("resource_limits"), map.PathOf("resource_limits"), faults),
            Reprocess = ScalarValues.Parsed(map.Take("reprocess_spec"), map.PathOf("reprocess_spec"), faults, ParseReprocess) ?? spec.Reprocess,
            OutputBranch = ScalarValues.Parsed(branch, map.PathOf("output_branch"), faults, BranchName.Parse) ?? spec.OutputBranch,
        };
    }

    private static ParallelismSpec? BindParallelism(SpecNode? node, string path, SpecFaults faults)
    {
        if (FieldMap.Open(node, path, faults) is not { } map)
        {
            return null;
        }

        int? constant = ScalarValues.Integer(map.Take("constant"), map.PathOf("constant"), faults, 1, 10_000);
        double? coefficient = ScalarValues.Number(map.Take("coefficient"), map.PathOf("coefficient"), faults, 0, 1000);
        map.Close(UnsupportedFields.None);
        if (constant is not null && coefficient is not null)
        {
            faults.Add(map.At, path, "needs one of constant and coefficient, not both");
        }

        return constant is null && coefficient is null ? null : new ParallelismSpec(constant, coefficient);
    }

    private static LimitsSpec BindLimits(SpecNode? node, string path, SpecFaults faults)
    {
        if (FieldMap.Open(node, path, faults) is not { } map)
        {
            return new LimitsSpec(null, null);
        }

        long? memory = ScalarValues.Parsed(map.Take("memory"), map.PathOf("memory"), faults, ResourceQuantity.ParseMemory);
        double? cpus = ScalarValues.Parsed(map.Take("cpu"), map.PathOf("cpu"), faults, ResourceQuantity.ParseCpus);
        map.Close(UnsupportedFields.OfLimits);
        return new LimitsSpec(memory, cpus);
    }

    private static ReprocessSpec ParseReprocess(string text) => text switch
    {
        "until_success" => ReprocessSpec.UntilSuccess,
        "every_job" => ReprocessSpec.EveryJob,
        _ => throw new SlipwayException(ErrorKind.InvalidArgument, $"must be until_success or every_job, found '{(text.Length > 60 ? text[..60] : text)}'"),
    };
}
