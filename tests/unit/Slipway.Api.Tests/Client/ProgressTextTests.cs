using System.Text;
using System.Text.Json;

namespace Slipway.Api.Tests.Client;

public sealed class ProgressTextTests
{
    private static readonly string[] Texts = ["", "x", "a\"b\\c/d", "\n\r\t\u0001\u001f\u007f", "ä€😀\u2028", "</script>", "\"kind\":\"error\""];

    public static TheoryData<BuildProgress> Records => new(
        new BuildStepStarted(1, 6, "train", "RUN echo \"a\" \\\n && b", 7),
        new BuildStepOutput(2, true, "é\tx\n"),
        new BuildStepOutput(2, false, ""),
        new BuildStepFinished(3, true, 0),
        new BuildStepFinished(3, false, 1234.5678e-3),
        new BuildPull("python:3.11", 0, long.MaxValue),
        new BuildWarning("w"),
        new BuildNote("n"),
        new BuildFailureKept("RUN x", "sha256:0"),
        new BuildFinding("StageNameCasing", 3, "m"),
        new BuildDeclined("r"),
        new BuildFailed(new ProblemDetails("notFound", "no base\nimage", "pull it")),
        new BuildFailed(new ProblemDetails("internal", "x")));

    [Theory]
    [MemberData(nameof(Records))]
    public void A_line_reads_as_the_serializer_reads_it(BuildProgress record) => Assert.Equal(record, ProgressText.Read(Line(record)));

    [Fact]
    public void A_result_keeps_every_member()
    {
        BuildCompleted result = new("sha256:1", ["a:1", "b"], 2, 4, 1L << 40) { ConfigDigest = "sha256:2", ManifestSize = 660 };
        BuildCompleted read = Assert.IsType<BuildCompleted>(ProgressText.Read(Line(result)));
        Assert.Equal(result.Tags, read.Tags);
        Assert.Equal(result with { Tags = read.Tags }, read);
        Assert.Empty(Assert.IsType<BuildCompleted>(ProgressText.Read(Line(result with { Tags = [] }))).Tags);
    }

    /// <summary>A kind that the serializer knows and this reader does not would be lost without a word.</summary>
    [Fact]
    public void Every_kind_is_known()
    {
        IEnumerable<string> kinds = typeof(BuildProgress).GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), inherit: false)
            .Cast<System.Text.Json.Serialization.JsonDerivedTypeAttribute>()
            .Select(attribute => (string)attribute.TypeDiscriminator!);
        Assert.All(kinds, kind => Assert.NotNull(ProgressText.Read(Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","problem":{"kind":"k","message":"m"} }"""))));
    }

    [Fact]
    public void What_is_not_known_is_passed_over()
    {
        Assert.Null(ProgressText.Read("""{"kind":"weather","text":"rain"}"""u8));
        Assert.Null(ProgressText.Read("""{"text":"rain"}"""u8));
        Assert.Equal(new BuildNote("n"), ProgressText.Read("""{"a":{"text":"no","kind":"x"},"b":[1,{"text":2}],"kind":"note","c":null,"text":"n"}"""u8));
        Assert.Equal(new BuildPull("i", -5, long.MinValue), ProgressText.Read("""  { "kind" : "pull" , "image":"i" ,"done": -5,"total":-9223372036854775808 } """u8));
        Assert.ThrowsAny<JsonException>(() => ProgressText.Read("[1]"u8));
        Assert.ThrowsAny<JsonException>(() => ProgressText.Read("""{"kind":"note","text":"""u8));
    }

    [Fact]
    public void Any_text_survives()
    {
        Random random = new(11);
        for (int i = 0; i < 500; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => Texts[random.Next(Texts.Length)]));
            BuildStepOutput output = new(random.Next(), random.Next(2) == 0, text);
            Assert.Equal(output, ProgressText.Read(Line(output)));
            BuildStepFinished finished = new(i, false, Math.Round(random.NextDouble() * Math.Pow(10, random.Next(-9, 9)), random.Next(16)));
            Assert.Equal(finished, ProgressText.Read(Line(finished)));
        }
    }

    /// <summary>A line that was cut or changed is read, or is a fault that says so; nothing else comes of it.</summary>
    [Fact]
    public void A_damaged_line_is_a_fault_of_its_own_kind()
    {
        Random random = new(13);
        byte[] line = Line(new BuildCompleted("sha256:1", ["a:1", "b\n"], 2, 4, 1L << 40) { ConfigDigest = "\"", ManifestSize = 660 });
        for (int i = 0; i < 5000; i++)
        {
            byte[] damaged = line[..random.Next(line.Length + 1)];
            for (int change = random.Next(3); change > 0 && damaged.Length > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                ProgressText.Read(damaged);
            }
            catch (Exception fault) when (fault is JsonException or OverflowException)
            {
                // As it should be.
            }
        }
    }

    private static byte[] Line(BuildProgress record) => JsonSerializer.SerializeToUtf8Bytes(record, ApiJson.Default.BuildProgress);
}
