using System.Globalization;
using System.Text.Json;
using Slipway.Build.Linting;
using Slipway.Build.Planning;

namespace Slipway.Build.Provenance;

/// <summary>What the caller of a build decided, as SLSA's <c>externalParameters</c>. What can change no byte (names, progress, the cache) is left out.</summary>
internal static class ExternalParameters
{
    /// <summary>Stands for the value of an argument whose name is a secret's.</summary>
    public const string Hidden = "***";

    public static void Write(Utf8JsonWriter json, BuildRequest request, string architecture)
    {
        json.WriteString("dockerfile", Path.GetFileName(request.DockerfileName));
        if (request.Target is { } target)
        {
            json.WriteString("target", target);
        }

        json.WriteString("platform", "linux/" + architecture);
        if (request.Provenance == ProvenanceDetail.Full)
        {
            WritePairs(json, "buildArgs", request.BuildArgs
                .Where(argument => !GlobalScope.Proxies.Contains(argument.Key))
                .Select(argument => SecretWords.AreIn(argument.Key) ? new(argument.Key, Hidden) : argument));
            WritePairs(json, "labels", request.Labels);
        }

        WritePairs(json, "contexts", request.Contexts.Select(context => new KeyValuePair<string, string>(
            context.Key, context.Value is NamedContext.OfImage(var reference) ? "docker-image://" + reference : "folder")));
        WriteNames(json, "secrets", request.Secrets.Keys);
        WriteNames(json, "ssh", request.SshAgents.Keys);
        WriteNames(json, "allow", request.AllowsInsecure ? ["security.insecure"] : []);
        if (request.SourceDateEpoch is { } epoch)
        {
            json.WriteString("sourceDateEpoch", epoch.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void WritePairs(Utf8JsonWriter json, string field, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        KeyValuePair<string, string>[] sorted = [.. pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        if (sorted.Length == 0)
        {
            return;
        }

        json.WriteStartObject(field);
        foreach ((string key, string value) in sorted)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string field, IEnumerable<string> names)
    {
        string[] sorted = [.. names.Order(StringComparer.Ordinal)];
        if (sorted.Length == 0)
        {
            return;
        }

        json.WriteStartArray(field);
        foreach (string name in sorted)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }
}
