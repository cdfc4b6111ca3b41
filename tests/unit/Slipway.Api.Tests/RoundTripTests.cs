using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Api.Tests;

public sealed class RoundTripTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 1, 2, 3, TimeSpan.Zero);

    [Fact]
    public void Unset_members_are_left_out_and_read_as_empty()
    {
        string json = JsonSerializer.Serialize(new CreateContainerRequest { Image = "x" }, ApiJson.Default.CreateContainerRequest);
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
        CreateContainerRequest read = JsonSerializer.Deserialize("""{"image":"x"}""", ApiJson.Default.CreateContainerRequest)!;
        Assert.Empty(read.Environment);
        Assert.Empty(read.Mounts);
        Assert.Empty(read.Labels);
        Assert.Null(read.Command);
        Assert.Equal(ContainerNetwork.Host, read.Network);
        Assert.Equal("Dockerfile", JsonSerializer.Deserialize("{}", ApiJson.Default.BuildOptions)!.DockerfileName);
    }

    [Fact]
    public void A_missing_image_is_refused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("{}", ApiJson.Default.CreateContainerRequest));

    [Fact]
    public void Every_kind_of_build_progress_says_its_kind()
    {
        BuildProgress[] all =
        [
            new BuildStepStarted(1, 6, "base", "RUN x", 4), new BuildStepOutput(1, true, "warn\n"), new BuildStepFinished(1, false, 1.5),
            new BuildWarning("w"), new BuildCompleted("sha256:1", ["a"], 1, 5, 100), new BuildFailed(new ProblemDetails("internal", "m")),
        ];
        string[] kinds = ["stepStarted", "stepOutput", "stepFinished", "warning", "result", "error"];
        for (int i = 0; i < all.Length; i++)
        {
            string json = JsonSerializer.Serialize(all[i], ApiJson.Default.BuildProgress);
            Assert.Contains($"\"kind\":\"{kinds[i]}\"", json, StringComparison.Ordinal);
            BuildProgress read = JsonSerializer.Deserialize(json, ApiJson.Default.BuildProgress)!;
            Assert.Equal(json, JsonSerializer.Serialize(read, ApiJson.Default.BuildProgress));
            Assert.Equal(all[i].GetType(), read.GetType());
        }
    }

    [Fact]
    public void Enumerations_are_words_in_camel_case()
    {
        Assert.Equal("""{"path":"/a","kind":"symlink","size":0,"digest":"d","executable":false}""", Write(new FileEntry("/a", FileKind.Symlink, 0, "d"), ApiJson.Default.FileEntry));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"path":"/a","kind":1,"size":0,"digest":"d"}""", ApiJson.Default.FileEntry));
    }

    [Fact]
    public void Records_come_back_as_they_went()
    {
        RoundTrip(new ControlMessage(Resize: new TerminalSize(24, 80)), ApiJson.Default.ControlMessage, """{"resize":{"rows":24,"cols":80}}""");
        RoundTrip(new ExitReport(127, Error: new ProblemDetails("notFound", "no x", "try y")), ApiJson.Default.ExitReport, """{"exitCode":127,"oomKilled":false,"error":{"kind":"notFound","message":"no x","hint":"try y"}}""");
        RoundTrip(new VersionInfo("0.1.0", 1, 7), ApiJson.Default.VersionInfo, """{"version":"0.1.0","apiVersion":1,"pid":7}""");
        RoundTrip(new DatumCounts(5, Skipped: 2), ApiJson.Default.DatumCounts, """{"total":5,"processed":0,"skipped":2,"failed":0,"recovered":0,"running":0}""");
        LineageFile lineage = new()
        {
            Repo = "r",
            Commit = "c",
            Path = "/f",
            MadeBy = [new LineageDatum { Datum = "d", Job = "j", Pipeline = "p", Inputs = [new LineageFile { Repo = "q", Commit = "e", Path = "/" }] }],
        };
        string json = Write(lineage, ApiJson.Default.LineageFile);
        Assert.Equal(json, Write(JsonSerializer.Deserialize(json, ApiJson.Default.LineageFile)!, ApiJson.Default.LineageFile));
    }

    [Theory]
    [InlineData(new byte[] { 104, 105, 10 }, true)]
    [InlineData(new byte[] { 0xff, 0xfe, 10 }, false)]
    [InlineData(new byte[0], true)]
    public void Output_travels_as_text_where_it_is_text_and_comes_back_byte_for_byte(byte[] bytes, bool text)
    {
        LogRecord record = LogRecord.From(OutputStream.Stderr, Time, bytes);
        Assert.Equal(text, record.Text is not null);
        LogRecord read = JsonSerializer.Deserialize(Write(record, ApiJson.Default.LogRecord), ApiJson.Default.LogRecord)!;
        Assert.Equal(bytes, read.ToBytes());
        Assert.Equal((OutputStream.Stderr, Time), (read.Stream, read.Time));
    }

    [Theory]
    [InlineData("/x", "/x")]
    [InlineData("/x?a=1%2F2", "/x", "a", "1/2")]
    [InlineData("/x?a=1&b=%C3%A9%20%26", "/x", "a", "1", "none", null, "b", "é &")]
    public void A_query_is_escaped_and_leaves_unset_values_out(string expected, string path, params string?[] pairs)
    {
        (string, string?)[] query = [.. Enumerable.Range(0, pairs.Length / 2).Select(i => (pairs[2 * i]!, pairs[(2 * i) + 1]))];
        Assert.Equal(expected, Routes.WithQuery(path, query));
    }

    private static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    private static void RoundTrip<T>(T value, JsonTypeInfo<T> type, string json)
    {
        Assert.Equal(json, Write(value, type));
        Assert.Equal(value, JsonSerializer.Deserialize(json, type));
    }
}
