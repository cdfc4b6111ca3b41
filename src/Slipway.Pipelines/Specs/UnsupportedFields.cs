namespace Slipway.Pipelines.Specs;

/// <summary>
/// Fields that Pachyderm knows and Slipway does not do yet, each with what to say about it: such a file is refused with a reason, not
/// as if its author had mistyped.
/// </summary>
internal static class UnsupportedFields
{
    private const string Kubernetes = "it describes a Kubernetes pod, and stages run on the embedded engine";

    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    public static IReadOnlyDictionary<string, string> OfPipeline { get; } = new Dictionary<string, string>
    {
        ["egress"] = "results stay in the output repo; fetch them with slipway get",
        ["spout"] = "a stage runs when data is committed",
        ["service"] = "a stage runs to its end; use slipway run for a server",
        ["metadata"] = Kubernetes,
        ["pod_spec"] = Kubernetes,
        ["pod_patch"] = Kubernetes,
        ["scheduling_spec"] = Kubernetes,
        ["tolerations"] = Kubernetes,
        ["sidecar_resource_limits"] = "there is no sidecar",
        ["sidecar_resource_requests"] = "there is no sidecar",
        ["datum_set_spec"] = "datums are handed to workers one at a time",
        ["s3_out"] = "outputs are files under /pfs/out",
        ["tf_job"] = "run the training in an ordinary stage",
        ["determined"] = "it names another product's cluster",
        ["maximum_expected_uptime"] = "there is no alert on a pipeline's uptime",
        ["hashtree_spec"] = "trees need no tuning",
        ["chunk_spec"] = "datums are handed to workers one at a time",
        ["cache_size"] = "files are linked from the store, not cached",
        ["max_queue_size"] = "datums are handed to workers one at a time",
        ["salt"] = "ask for reprocess to run everything again",
        ["spec_commit"] = "versions of a pipeline are numbered",
        ["dry_run"] = "a spec is checked as it is read",
    };

    public static IReadOnlyDictionary<string, string> OfTransform { get; } = new Dictionary<string, string>
    {
        ["secrets"] = "there are no secrets",
        ["image_pull_secrets"] = "images are taken from the local store",
        ["dockerfile"] = "build the image with slipway build",
        ["build"] = "build the image with slipway build, or use slipway up",
        ["memory_volume"] = "outputs are files on disk",
        ["datum_batching"] = "a command sees one datum",
        ["debug"] = "logs are always kept",
    };

    public static IReadOnlyDictionary<string, string> OfInput { get; } = new Dictionary<string, string>
    {
        ["join"] = "combine inputs with cross or union",
        ["group"] = "combine inputs with cross or union",
        ["cron"] = "put a file to start a job",
        ["git"] = "put the files of the working copy",
    };

    public static IReadOnlyDictionary<string, string> OfRepoInput { get; } = new Dictionary<string, string>
    {
        ["s3"] = "inputs are files under /pfs",
        ["join_on"] = "combine inputs with cross or union",
        ["outer_join"] = "combine inputs with cross or union",
        ["group_by"] = "combine inputs with cross or union",
        ["trigger"] = "every commit of the branch starts a job",
        ["commit"] = "name a branch",
        ["repo_type"] = "only user repos can be read",
    };

    public static IReadOnlyDictionary<string, string> OfLimits { get; } = new Dictionary<string, string>
    {
        ["gpu"] = "stages see no GPU",
        ["disk"] = "disk space is not limited by stage",
    };
}
