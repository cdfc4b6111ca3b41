using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// Writes a specification canonically: fixed order of fields, defaults written out, requests and warnings left out. Read again it
/// gives the same text, so two specs differ exactly where their texts do.
/// </summary>
public static class SpecWriter
{
    /// <summary>The canonical JSON without a space, to compare and digest.</summary>
    public static string Write(PipelineSpec spec) => Write(spec, indented: false);

    /// <summary>The same JSON over many lines, for people.</summary>
    public static string WriteIndented(PipelineSpec spec) => Write(spec, indented: true);

    /// <summary>The digest of the canonical JSON.</summary>
    public static Digest DigestOf(PipelineSpec spec) => Digest.Of(Write(spec));

    private static string Write(PipelineSpec spec, bool indented)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            Head(json, spec);
            json.WritePropertyName("transform");
            Transform(json, spec.Transform);
            json.WritePropertyName("input");
            Input(json, spec.Input);
            Run(json, spec);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Head(Utf8JsonWriter json, PipelineSpec spec)
    {
        json.WriteStartObject("pipeline");
        json.WriteString("name", spec.Name.Name);
        if (spec.Name.Project is { } project)
        {
            json.WriteString("project", project);
        }

        json.WriteEndObject();
        if (spec.Description.Length > 0)
        {
            json.WriteString("description", spec.Description);
        }
    }

    private static void Transform(Utf8JsonWriter json, TransformSpec transform)
    {
        json.WriteStartObject();
        json.WriteString("image", transform.Image);
        Texts(json, "cmd", transform.Command);
        Texts(json, "stdin", transform.Stdin);
        if (!transform.Environment.IsEmpty)
        {
            json.WriteStartObject("env");
            foreach (EnvironmentVariable variable in transform.Environment.OrderBy(v => v.Name, StringComparer.Ordinal))
            {
                json.WriteString(variable.Name, variable.Value);
            }

            json.WriteEndObject();
        }

        if (transform.User is { } user)
        {
            json.WriteString("user", user);
        }

        if (transform.WorkingDirectory is { } directory)
        {
            json.WriteString("working_dir", directory);
        }

        if (!transform.AcceptReturnCodes.IsEmpty)
        {
            json.WriteStartArray("accept_return_code");
            foreach (int code in transform.AcceptReturnCodes)
            {
                json.WriteNumberValue(code);
            }

            json.WriteEndArray();
        }

        Texts(json, "err_cmd", transform.ErrorCommand);
        Texts(json, "err_stdin", transform.ErrorStdin);
        json.WriteEndObject();
    }

    private static void Input(Utf8JsonWriter json, InputSpec input)
    {
        json.WriteStartObject();
        switch (input)
        {
            case RepoInput repo:
                json.WriteStartObject("pfs");
                string[] parts = repo.Repo.ToString().Split('/');
                json.WriteString("project", parts.Length == 2 ? parts[0] : "default");
                json.WriteString("repo", parts[^1]);
                json.WriteString("branch", repo.Branch.ToString());
                json.WriteString("glob", repo.Glob.ToString());
                json.WriteString("name", repo.Name);
                if (repo.EmptyFiles)
                {
                    json.WriteBoolean("empty_files", true);
                }

                json.WriteEndObject();
                break;
            case CrossInput cross:
                Members(json, "cross", cross.Members);
                break;
            case UnionInput union:
                Members(json, "union", union.Members);
                break;
        }

        json.WriteEndObject();
    }

    private static void Members(Utf8JsonWriter json, string name, ImmutableArray<InputSpec> members)
    {
        json.WriteStartArray(name);
        foreach (InputSpec member in members)
        {
            Input(json, member);
        }

        json.WriteEndArray();
    }

    private static void Run(Utf8JsonWriter json, PipelineSpec spec)
    {
        json.WriteStartObject("parallelism_spec");
        if (spec.Parallelism.Constant is { } constant)
        {
            json.WriteNumber("constant", constant);
        }
        else if (spec.Parallelism.Coefficient is { } coefficient)
        {
            json.WriteNumber("coefficient", coefficient);
        }

        json.WriteEndObject();
        json.WriteNumber("datum_tries", spec.DatumTries);
        if (spec.DatumTimeout is { } datumTimeout)
        {
            json.WriteString("datum_timeout", GoDuration.Format(datumTimeout));
        }

        if (spec.JobTimeout is { } jobTimeout)
        {
            json.WriteString("job_timeout", GoDuration.Format(jobTimeout));
        }

        if (spec.Limits.MemoryBytes is not null || spec.Limits.Cpus is not null)
        {
            json.WriteStartObject("resource_limits");
            if (spec.Limits.MemoryBytes is { } memory)
            {
                json.WriteNumber("memory", memory);
            }

            if (spec.Limits.Cpus is { } cpus)
            {
                json.WriteNumber("cpu", cpus);
            }

            json.WriteEndObject();
        }

        json.WriteString("reprocess_spec", spec.Reprocess == ReprocessSpec.EveryJob ? "every_job" : "until_success");
        json.WriteString("output_branch", spec.OutputBranch.ToString());
    }

    private static void Texts(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        if (texts.IsEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
