using System.Text.Json;

namespace Slipway.Api;

/// <summary>A build's progress read by hand: the same as the serializer reads (a test compares them), without its start (docs/decisions). A member that is not known is passed over.</summary>
internal static class ProgressText
{
    /// <summary>One line of the stream; null for a kind that this client does not know.</summary>
    /// <exception cref="JsonException">The line is no JSON object.</exception>
    public static BuildProgress? Read(ReadOnlySpan<byte> line)
    {
        JsonMembers members = new(line);
        return members.Text("kind") switch
        {
            "stepStarted" => new BuildStepStarted(members.Number("number"), members.Number("total"), members.Text("stage")!, members.Text("instruction")!, members.Number("line")),
            "stepOutput" => new BuildStepOutput(members.Number("number"), members.Flag("stderr"), members.Text("text")!),
            "stepFinished" => new BuildStepFinished(members.Number("number"), members.Flag("cached"), members.Double("seconds")),
            "pull" => new BuildPull(members.Text("image")!, members.Long("done"), members.Long("total")),
            "warning" => new BuildWarning(members.Text("text")!),
            "note" => new BuildNote(members.Text("text")!),
            "failureKept" => new BuildFailureKept(members.Text("instruction")!, members.Text("image")!),
            "finding" => new BuildFinding(members.Text("rule")!, members.Number("line"), members.Text("message")!),
            "declined" => new BuildDeclined(members.Text("reason")!),
            "result" => new BuildCompleted(members.Text("digest")!, members.Texts("tags"), members.Number("stepsRun"), members.Number("stepsCached"), members.Long("size"))
            {
                ConfigDigest = members.Text("configDigest") ?? "",
                ManifestSize = members.Long("manifestSize"),
            },
            "error" => new BuildFailed(Problem(members.Object("problem"))),
            _ => null,
        };
    }

    private static ProblemDetails Problem(JsonMembers members) => new(members.Text("kind")!, members.Text("message")!, members.Text("hint"));
}
