using System.Collections.Immutable;
using Slipway.Build.Cache.Shared;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Build.Cache;

/// <summary>The list of a shared cache, written and read.</summary>
public sealed class SharedAnswersTests
{
    private static readonly SharedAnswer One = Answer("one");
    private static readonly SharedAnswer Two = Answer("two");

    [Fact]
    public void What_is_written_is_read_and_the_order_of_steps_says_nothing()
    {
        SharedAnswers answers = new([One, Two], [Two.Layer]);
        byte[] config = answers.ToConfig(), manifest = answers.ToManifest(config);
        SharedAnswers other = new([Two, One], [Two.Layer]);
        Assert.Equal(config, other.ToConfig());
        Assert.Equal(manifest, other.ToManifest(config));

        ManifestContent content = ManifestContent.Parse(manifest, null);
        SharedAnswers read = SharedAnswers.Read(content, config, "x");
        Assert.Equal(Digest.Of(config), SharedAnswers.ConfigOf(content, "x").Digest);
        Assert.Equal(answers.Steps.OrderBy(step => step.Key), read.Steps);
        Assert.Equal(answers.Held, read.Held);
    }

    [Fact]
    public void An_answer_whose_layer_does_not_prove_its_files_is_not_believed()
    {
        SharedAnswer wrong = One with { DiffId = Digest.Of("other files") }, packed = Two with { MediaType = MediaTypes.OciLayerGzip };
        SharedAnswers answers = new([wrong, packed], [wrong.Layer]);
        byte[] config = answers.ToConfig();
        Assert.Empty(SharedAnswers.Read(ManifestContent.Parse(answers.ToManifest(config), null), config, "x").Steps);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"version":2,"steps":[]}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"steps":[{"key":"sha256:12"}]}""")]
    [InlineData("""{"version":1,"steps":[7]}""")]
    public void A_list_that_is_none_is_refused_by_name(string text)
    {
        SharedAnswers empty = new([], []);
        ManifestContent manifest = ManifestContent.Parse(empty.ToManifest(empty.ToConfig()), null);
        SlipwayException fault = Assert.Throws<SlipwayException>(() => SharedAnswers.Read(manifest, System.Text.Encoding.UTF8.GetBytes(text), "the folder"));
        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Contains("the folder", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_is_no_cache()
    {
        byte[] image = new ImageManifest(new(MediaTypes.OciConfig, Digest.Of("c"), 1), ImmutableArray<Descriptor>.Empty).ToJson();
        Assert.Contains("no cache", Assert.Throws<SlipwayException>(() => SharedAnswers.ConfigOf(ManifestContent.Parse(image, null), "x")).Message, StringComparison.Ordinal);
    }

    private static SharedAnswer Answer(string name) => new(Digest.Of("key " + name), MediaTypes.OciLayer, Digest.Of(name), 3, Digest.Of(name), "RUN " + name, Digest.Of("content " + name));
}
