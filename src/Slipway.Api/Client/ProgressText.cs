using System.Text.Json;

namespace Slipway.Api;

/// <summary>A build's progress read by hand: the same as the serializer reads (a test compares them), without its start (docs/decisions). A member that is not known is passed over.</summary>
internal static class ProgressText
{
    /// <summary>One line of the stream; null for a kind that this client does not know.</summary>
    /// <exception cref="JsonException">The line is no JSON object.</exception>
    public static BuildProgress? Read(ReadOnlySpan<byte> line)
    {
        Members members = new(line);
        return members.Text("kind") switch
        {
            "stepStarted" => new BuildStepStarted(members.Number("number"), members.Number("total"), members.Text("stage")!, members.Text("instruction")!, members.Number("line")),
            "stepOutput" => new BuildStepOutput(members.Number("number"), members.Flag("stderr"), members.Text("text")!),
            "stepFinished" => new BuildStepFinished(members.Number("number"), members.Flag("cached"), members.Seconds("seconds")),
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
            "error" => new BuildFailed(new ProblemDetails(members.Text("problem.kind")!, members.Text("problem.message")!, members.Text("problem.hint"))),
            _ => null,
        };
    }

    /// <summary>The members of a line: of an object within, by "name.member".</summary>
    private readonly ref struct Members(ReadOnlySpan<byte> line)
    {
        private readonly ReadOnlySpan<byte> line = line;

        public string? Text(string name) => Find(name, out Utf8JsonReader value) && value.TokenType == JsonTokenType.String ? value.GetString() : null;

        public int Number(string name) => Find(name, out Utf8JsonReader value) ? value.GetInt32() : 0;

        public long Long(string name) => Find(name, out Utf8JsonReader value) ? value.GetInt64() : 0;

        public double Seconds(string name) => Find(name, out Utf8JsonReader value) ? value.GetDouble() : 0;

        public bool Flag(string name) => Find(name, out Utf8JsonReader value) && value.GetBoolean();

        public List<string> Texts(string name)
        {
            List<string> texts = [];
            if (Find(name, out Utf8JsonReader value) && value.TokenType == JsonTokenType.StartArray)
            {
                while (value.Read() && value.TokenType == JsonTokenType.String)
                {
                    texts.Add(value.GetString()!);
                }
            }

            return texts;
        }

        // A line has half a dozen members, so each look-up reads it from its start.
        private bool Find(string name, out Utf8JsonReader value)
        {
            value = new Utf8JsonReader(line);
            value.Read();
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? Enter(name, ref value) : Enter(name[..dot], ref value) && Enter(name[(dot + 1)..], ref value);
        }

        private static bool Enter(string name, ref Utf8JsonReader value)
        {
            if (value.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("a line of progress is no object");
            }

            while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
            {
                bool isIt = value.ValueTextEquals(name);
                value.Read();
                if (isIt)
                {
                    return true;
                }

                value.Skip();
            }

            return false;
        }
    }
}
