using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.EndToEnd.Support;

/// <summary>Writes pipeline specifications as a person would, with a shell script as the command.</summary>
internal static class PipelineText
{
    /// <summary>A pipeline that runs a script with <c>sh</c> of the image busybox over this input.</summary>
    /// <param name="input">The input's JSON.</param>
    /// <param name="more">Further fields of the specification, as a JSON object.</param>
    public static string Script(string name, string input, string script, string more = "{}")
    {
        JsonObject specification = new()
        {
            ["pipeline"] = new JsonObject { ["name"] = name },
            ["transform"] = new JsonObject { ["image"] = "busybox", ["cmd"] = new JsonArray("sh", "-ec", script) },
            ["input"] = JsonNode.Parse(input),
        };
        foreach ((string field, JsonNode? value) in JsonNode.Parse(more)!.AsObject())
        {
            specification[field] = value?.DeepClone();
        }

        return specification.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    /// <summary>The input of one repo.</summary>
    public static string Repo(string repo, string glob = "/*") => $$"""{ "pfs": { "repo": "{{repo}}", "glob": "{{glob}}" } }""";

    /// <summary>The cross of inputs.</summary>
    public static string Cross(params string[] inputs) => $$"""{ "cross": [{{string.Join(", ", inputs)}}] }""";

    /// <summary>The union of inputs.</summary>
    public static string Union(params string[] inputs) => $$"""{ "union": [{{string.Join(", ", inputs)}}] }""";
}
